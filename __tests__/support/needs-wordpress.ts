import { findMissingPackages } from '../../site/wordpress-packages';
import { needs } from './needs';

const missing = findMissingPackages();

/** `describe` where Debian's packages of the site are installed. */
export const describeWordPress = needs(missing.join(', '), missing.length === 0 ? '/' : undefined);
