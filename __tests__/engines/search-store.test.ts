import { openSearchStore } from '../../store/search/store';
import { describeEngines } from '../support/engines/engines';
import { clientOf, dropIndex, freshIndex, readDocuments } from '../support/engines/use-index';
import { describeEventStore } from '../support/event-store-contract';

describeEngines('the store in a search engine', (name, url) => {
  let index: string;
  beforeEach(() => {
    index = freshIndex();
  });
  afterEach(() => dropIndex(clientOf(url()), index));

  describeEventStore(name, async () => {
    const client = clientOf(url());
    const store = await openSearchStore({ client, index });
    const stored = async (field: string) => {
      const documents = Object.entries(await readDocuments(client, index));
      return Object.fromEntries(
        documents.filter(([, event]) => field in event).map(([id, event]) => [id, event[field]]),
      );
    };
    return { store, stored };
  });
});
