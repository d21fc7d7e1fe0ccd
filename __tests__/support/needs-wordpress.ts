import { findMissingPackages } from '../../site/wordpress-packages';
import { needs } from './needs';

const missing = findMissingPackages();

export const hasWordPress = missing.length === 0;

/** `describe` if the site's packages are installed. */
export const describeWordPress = needs(missing.join(', '), hasWordPress ? '/' : undefined);
