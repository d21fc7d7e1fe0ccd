import { describeWordPress } from '../support/needs-wordpress';
import { itKeepsTheSiteContract } from '../support/site-contract';
import { TOKEN, useWordPressSite } from '../support/use-wordpress-site';

describeWordPress('the WordPress site', () => {
  const { site, readLog } = useWordPressSite();

  itKeepsTheSiteContract(() => ({ url: site().url, asset: '/assets/site.css', token: TOKEN, readLog }));
});
