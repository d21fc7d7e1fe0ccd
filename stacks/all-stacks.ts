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
  /** The script that the web server runs at its first start. */
  readonly userData: string;
  /** Name of the parameter in which that script reports its progress. */
  readonly statusParameter: string;
  /** What a load task runs, for `node -e`. */
  readonly loadTask: string;
  /** What `auto` stands for, as a CIDR block; empty if no setting says `auto`. */
  readonly ownAddress: string;
}

/** Adds the whole infrastructure, in the order of deployment. */
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
