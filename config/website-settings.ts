import { z } from 'zod';
import { Addresses } from './addresses';
import { ParameterName } from './aws-values';

const LoadBalancer = z.strictObject({
  certificateArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/, 'must be the ARN of an ACM certificate')
    .optional()
    .describe('Certificate for HTTPS; HTTP is then redirected to it. By default the site is HTTP only.'),
  hostName: z
    .hostname('must be a host name')
    .optional()
    .describe('Host name of the site, which you point at the load balancer; by default the load balancer’s name.'),
});

export const WebsiteSettings = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Deploy a web server; set it to false if the site runs elsewhere already.'),
  instanceType: z
    .string()
    .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'must be an instance type such as t3.small')
    .default('t3.small')
    .describe('Instance type of the web server, with an x86_64 processor.'),
  volumeGiB: z.int().min(8).max(16_384).default(16).describe('Size of the web server’s disk, which is encrypted.'),
  visitors: Addresses.describe(
    'Who may open the site: CIDR blocks, `["0.0.0.0/0"]` for everyone, or `auto` for the address of the machine that runs the synth.',
  ),
  loadBalancer: LoadBalancer.optional().describe(
    'Put a load balancer in front of the server; it counts 5xx answers, which raise an alarm.',
  ),
  tokenParameter: ParameterName.optional().describe(
    'Name of the Systems Manager SecureString parameter with the token for `traffic`. Whoever knows the token may sign up and in without limits, and ask for demo errors.',
  ),
  demoErrors: z
    .boolean()
    .default(false)
    .describe('Answer with 500, or late, if a caller with the token asks for it: for load tests and teaching.'),
  amiId: z
    .string()
    .regex(/^ami-[0-9a-f]+$/, 'must be an AMI id')
    .optional()
    .describe('An Amazon Linux 2023 image; by default the newest one at the first deploy.'),
  roleName: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'An existing role for the instance, with the rights that docs/operations.md lists; by default one is created with just these.',
    ),
});
export type WebsiteSettings = z.output<typeof WebsiteSettings>;
