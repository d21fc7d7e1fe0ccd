/** Terraform is done when the web server has started, which is minutes before WordPress answers on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import { parse } from '../../core/parse';
import type { Outputs } from './apply-stacks';
import { sessionExpired } from './preflight';
import { createSystemsManager, type SystemsManagerCall } from './systems-manager';

/** The website's output of that name. */
const WebsiteStatus = z.object({
  region: z.string(),
  /** Where Systems Manager answers. */
  ssmUrl: z.url(),
  parameter: z.string(),
  instanceId: z.string(),
});
type WebsiteStatus = z.output<typeof WebsiteStatus>;

const Answer = z.object({ Parameter: z.object({ Value: z.string() }) });

const POLL_MS = 2000;
/** Where the user data lays it down. */
const SET_UP = '/usr/local/share/clickstreamy/server/amazon-linux.sh';

/**
 * Waits until the deployed web server says that it is ready, and tells each of its steps on standard error. Returns at once where the
 * deployment has no website.
 *
 * @param minutes that it has.
 * @throws ToolkitError SITE_NOT_READY, SESSION_EXPIRED, OUTPUTS_UNUSABLE, CREDENTIALS_UNUSABLE
 */
export async function awaitSite(outputs: Outputs, minutes = 15): Promise<void> {
  const website = Object.values(outputs).find((stack) => 'websiteStatus' in stack);
  if (website === undefined) return;
  const server = parse(WebsiteStatus, website['websiteStatus'], (why) => {
    return new ToolkitError('OUTPUTS_UNUSABLE', `The output websiteStatus cannot be used: ${why}.`, 'Run npm ci.');
  });
  const ssm = createSystemsManager({ url: new URL(server.ssmUrl), region: server.region });
  const deadline = Date.now() + minutes * 60_000;
  for (let step = 'pending'; ; await sleep(POLL_MS)) {
    const next = await readStep(ssm, server);
    if (next !== undefined && next !== step) {
      step = next;
      process.stderr.write(`web server: ${step}\n`);
    }
    if (step === 'ready') return;
    if (step.startsWith('failed: ')) throw notReady(`The web server's set-up ${step}.`, server);
    if (Date.now() >= deadline) {
      throw notReady(`The web server is not ready after ${minutes} minutes; it is at: ${step}.`, server);
    }
  }
}

/** @returns undefined where AWS cannot say at the moment, or has only the word of a server that was there before. */
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
    throw new ToolkitError(
      'SITE_NOT_READY',
      `Systems Manager does not tell ${parameter}: ${reply.text}`,
      'Give who deploys the right ssm:GetParameter on it, then run this again.',
    );
  }
  const value = Answer.parse(JSON.parse(reply.text)).Parameter.Value;
  const prefix = `${instanceId}: `;
  // Whoever has broken into the server writes it, too: nothing in it may move a terminal's cursor.
  return value.startsWith(prefix) ? value.slice(prefix.length).replace(/\p{Cc}/gu, '?') : undefined;
}

function notReady(message: string, { region, instanceId }: WebsiteStatus): ToolkitError {
  const session = `aws ssm start-session --region ${region} --target ${instanceId}`;
  return new ToolkitError(
    'SITE_NOT_READY',
    message,
    `Read /var/log/cloud-init-output.log on it (${session}); mend the cause, and there run ${SET_UP} as root.`,
  );
}
