/** Terraform finishes when the web server has booted, minutes before WordPress answers on it. */
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import { parseJson } from '../../core/json-file';
import { parse } from '../../core/parse';
import { retry } from '../../core/retry';
import type { Outputs } from './apply-stacks';
import { sessionExpired } from './preflight';
import { createSystemsManager, type SystemsManagerCall } from './systems-manager';

/** The website stack's output `websiteStatus`. */
const WebsiteStatus = z.object({
  region: z.string(),
  /** Address of Systems Manager. */
  ssmUrl: z.url(),
  parameter: z.string(),
  instanceId: z.string(),
});
type WebsiteStatus = z.output<typeof WebsiteStatus>;

const Answer = z.object({ Parameter: z.object({ Value: z.string() }) });

const POLL_MS = 2000;
/** Where the user data puts it. */
const SET_UP = '/usr/local/share/clickstreamy/server/amazon-linux.sh';

/**
 * Waits until the deployed web server says that it is ready, and prints each of its steps on standard error. Returns at once if the
 * deployment has no website.
 *
 * @param minutes how long to wait.
 * @throws ToolkitError SITE_NOT_READY, SESSION_EXPIRED, OUTPUTS_UNUSABLE, CREDENTIALS_UNUSABLE
 */
export async function awaitSite(outputs: Outputs, minutes = 15): Promise<void> {
  const website = Object.values(outputs).find((stack) => 'websiteStatus' in stack);
  if (website === undefined) return;
  const server = parse(WebsiteStatus, website['websiteStatus'], (why) => {
    return new ToolkitError('OUTPUTS_UNUSABLE', `The output websiteStatus cannot be used: ${why}.`, 'Run npm ci.');
  });
  const ssm = createSystemsManager({ url: new URL(server.ssmUrl), region: server.region });
  let step = 'pending';
  const hasFailed = () => step.startsWith('failed: ');
  await retry(
    async () => {
      const next = await readStep(ssm, server);
      if (next === undefined || next === step) return;
      step = next;
      process.stderr.write(`web server: ${step}\n`);
    },
    {
      again: (attempt) => !('error' in attempt) && step !== 'ready' && !hasFailed(),
      withinMs: minutes * 60_000,
      backoff: { firstMs: POLL_MS, longestMs: POLL_MS },
    },
  );
  if (hasFailed()) throw notReady(`The web server’s set-up ${step}.`, server);
  if (step !== 'ready') {
    throw notReady(`The web server is not ready after ${minutes} minutes; it is at: ${step}.`, server);
  }
}

/** @returns undefined if AWS cannot answer now, or still has the status of an earlier server. */
async function readStep(
  ssm: SystemsManagerCall,
  { parameter, instanceId }: WebsiteStatus,
): Promise<string | undefined> {
  const reply = await ssm('GetParameter', { Name: parameter }).catch((error) => {
    if (error instanceof ToolkitError && error.code.startsWith('SERVER_')) return undefined;
    throw error;
  });
  if (reply === undefined || reply.status >= 500 || reply.text.includes('ThrottlingException')) return undefined;
  if (reply.status !== 200) {
    // A search domain and this wait together may outlast a pipeline's session of an hour.
    if (reply.text.includes('ExpiredToken')) throw sessionExpired();
    throw unreadable(`AWS answered ${reply.status}: ${reply.text}`, parameter);
  }
  const value = parseJson(reply.text, Answer, (why) => unreadable(`the reply ${why}`, parameter)).Parameter.Value;
  const prefix = `${instanceId}: `;
  // An intruder on the server could write it too: nothing in it may move a terminal's cursor.
  return value.startsWith(prefix) ? value.slice(prefix.length).replace(/\p{Cc}/gu, '?') : undefined;
}

function unreadable(why: string, parameter: string): ToolkitError {
  return new ToolkitError(
    'SITE_NOT_READY',
    `The web server’s status, the parameter ${parameter} of Systems Manager, cannot be read: ${why}`,
    'Allow the identity that deploys ssm:GetParameter on it, then run this again.',
  );
}

function notReady(message: string, { region, instanceId }: WebsiteStatus): ToolkitError {
  const session = `aws ssm start-session --region ${region} --target ${instanceId}`;
  return new ToolkitError(
    'SITE_NOT_READY',
    message,
    `Read /var/log/cloud-init-output.log on it (${session}); fix the cause, then run ${SET_UP} there as root.`,
  );
}
