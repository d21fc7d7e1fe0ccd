import { z } from 'zod';
import { Addresses } from './addresses';
import { ParameterName } from './aws-values';

const LoadBalancer = z.strictObject({
  certificateArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/, 'is no ARN of an ACM certificate')
    .optional()
    .describe('With it the site is HTTPS, and HTTP leads there; without it the site is HTTP.'),
  hostName: z
    .hostname('is no host name')
    .optional()
    .describe(
      'The site’s own name, which you point at the load balancer; without it the site is known by the load balancer’s.',
    ),
});

export const WebsiteSettings = z.strictObject({
  enabled: z.boolean().default(true).describe('Deploy a web server; false where the site runs elsewhere already.'),
  instanceType: z
    .string()
    .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'is no instance type, as t3.small')
    .default('t3.small')
    .describe('Of the web server, with an x86_64 processor.'),
  volumeGiB: z.int().min(8).max(16_384).default(16).describe('Of the web server’s encrypted disk.'),
  visitors: Addresses.describe(
    'Who may open the site: CIDR blocks, `["0.0.0.0/0"]` for everyone, or `auto` for the address of the machine that synthesizes.',
  ),
  loadBalancer: LoadBalancer.optional().describe(
    'Put a load balancer before the server; it counts 5xx answers, and rings on them.',
  ),
  tokenParameter: ParameterName.optional().describe(
    'Name of the SecureString parameter of Systems Manager with the token of `traffic`: who knows it may sign up and in as often as it likes, and ask for demo errors.',
  ),
  demoErrors: z
    .boolean()
    .default(false)
    .describe('Answer 500, or late, to callers with the token that ask for it: for load and for teaching.'),
  amiId: z
    .string()
    .regex(/^ami-[0-9a-f]+$/, 'is no AMI id')
    .optional()
    .describe('An image of Amazon Linux 2023; without it the newest at the time of the first deploy.'),
  roleName: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'An existing role for the instance, with the rights that docs/operations.md lists; without it one is made with just these.',
    ),
});
export type WebsiteSettings = z.output<typeof WebsiteSettings>;
