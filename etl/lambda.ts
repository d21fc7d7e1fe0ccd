/** The entry point on AWS Lambda: the handler, with its settings from the function's environment. */
import { createTransformHandler } from './handler';

/** `CLICKSTREAMY_SITE_HOSTS`: the site's hosts, separated by commas; see `TransformOptions`. */
const siteHosts = (process.env['CLICKSTREAMY_SITE_HOSTS'] ?? '').split(',').filter((host) => host !== '');

export const handler = createTransformHandler({
  siteHosts,
  log: (summary) => console.log(JSON.stringify({ level: 'info', message: 'batch transformed', ...summary })),
});
