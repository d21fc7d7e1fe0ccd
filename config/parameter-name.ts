import { z } from 'zod';

/** Of Systems Manager, as `/clickstreamy/token`. */
export const ParameterName = z
  .string()
  .regex(/^\/[\w.\-/]{1,1010}$/, 'must be the name of a parameter, as /clickstreamy/token');
