import type { Settings } from '../config/settings';
import type { Construct } from './cdktf';
import { DeliveryStack } from './delivery-stack';
import type { LambdaPackage } from './lambda-package';
import { LoadStack } from './load-stack';
import { SearchStack } from './search-stack';
import { WebsiteStack } from './website-stack';

export interface Parts {
  /** The transform function's bundle, zipped. */
  readonly code: LambdaPackage;
  /** The script of the web server's first start. */
  readonly userData: string;
  /** Name of the parameter in which it says how far it is. */
  readonly statusParameter: string;
  /** What a load task runs, as `node -e` takes it. */
  readonly loadTask: string;
  /** What `auto` stands for, as a CIDR block; asked only where a setting says `auto`. */
  readonly ownAddress: string;
}

/** The whole infrastructure, in the order in which it is deployed. */
export function addStacks(
  app: Construct,
  settings: Settings,
  { code, userData, statusParameter, loadTask, ownAddress }: Parts,
): void {
  const blocks = (addresses: 'auto' | readonly string[]) => (addresses === 'auto' ? [ownAddress] : addresses);
  const { access } = settings.search;
  const search = new SearchStack(app, 'search', settings, access.kind === 'vpc' ? [] : blocks(access.from));
  const delivery = new DeliveryStack('delivery', search, code);
  const website = settings.website.enabled
    ? new WebsiteStack('website', search, {
        visitors: blocks(settings.website.visitors),
        userData,
        statusParameter,
      })
    : undefined;
  if (settings.load.enabled) new LoadStack('load', search, { bucket: delivery.bucket, website, script: loadTask });
}
