import { readFileSync } from 'node:fs';
import { reasonOf, ToolkitError } from '../core/errors';
import { type AgentConfig, parseAgentConfig } from '../site/read-agent-config';

/** Reads an agent.json. @throws ToolkitError AGENT_CONFIG_INVALID */
export function readAgentFile(file: string): AgentConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ToolkitError(
      'AGENT_CONFIG_INVALID',
      `${file} cannot be read: ${reasonOf(error)}.`,
      'Check its path, and that you may read it.',
      { cause: error },
    );
  }
  return parseAgentConfig(text, file);
}
