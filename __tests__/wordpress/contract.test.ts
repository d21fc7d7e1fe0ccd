import { itKeepsTheSiteContract } from '../site/site-contract';
import { describeWordPress } from './needs-wordpress';
import { TOKEN, useWordPressSite } from './use-wordpress-site';

describeWordPress('the WordPress site', () => {
  const { site, readLog } = useWordPressSite();

  itKeepsTheSiteContract(() => ({ url: site().url, asset: '/assets/site.css', token: TOKEN, readLog }));
});
