import { z } from 'zod';

export const RoleArn = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'is no ARN of an IAM role');
