/**
 * What a user agent tells: browser and operating system by bowser (MIT; ua-parser-js would be AGPL), bots by isbot (public domain).
 * Both are lists of patterns, 18 microseconds an agent, and a site sees the same agents again and again: hence the cache.
 */
import { parse } from 'bowser';
import { isbot } from 'isbot';

export interface AgentFacts {
  readonly browser?: string | undefined;
  readonly os?: string | undefined;
  readonly is_bot: boolean;
  /** The traffic tool's run. */
  readonly run?: string | undefined;
  /** Whether a load balancer or an orchestrator asks if the site is alive. */
  readonly isMonitor: boolean;
}

/** What the libraries are shown: their patterns need not be linear in what a hostile client sends. */
const LONGEST_AGENT = 512;
const RUN = / ?clickstreamy\/([\w.-]{1,64})$/;
const MONITOR = /^(?:ELB-HealthChecker|GoogleHC|kube-probe)\b/;

/** Of what bowser does not know it gives all before the last version: nothing of `curl/8.5.0`, `Mozilla` of most crawlers. */
const GUESSED = /^$|^Mozilla\b|\//;
const PRODUCT = /^(?:Mozilla\/[\d.]+ \(compatible; )?(?!Mozilla\/)([A-Za-z][\w.-]{0,63})\/\d/;

/** Of a client that does not say, or in a log that does not: nothing is held against it. */
export const NO_AGENT: AgentFacts = { is_bot: false, isMonitor: false };

export function describeAgent(userAgent: string): AgentFacts {
  // The traffic tool plays visitors: its own mark is no part of what it plays.
  const run = RUN.exec(userAgent.slice(-80));
  const agent = userAgent.slice(0, Math.min(LONGEST_AGENT, userAgent.length - (run?.[0].length ?? 0)));
  const { browser, os } = parse(agent === '' ? '-' : agent);
  return {
    browser: GUESSED.test(browser.name ?? '') ? PRODUCT.exec(agent)?.[1] : browser.name,
    os: os.name || undefined,
    is_bot: isbot(agent),
    run: run?.[1],
    isMonitor: MONITOR.test(agent),
  };
}
