import type { TestProject } from 'vitest/node';
import { readyNodePty } from './build-node-pty.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why no pseudo-terminal can be opened here; empty if one can. */
    noTerminal: string;
    /** Then that is a failure of every test. */
    terminalRequired: boolean;
  }
}

/**
 * Sees to it that node-pty works, or that every test says why it does not. Throws nothing: the other
 * projects of the same run would go down with it.
 */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('noTerminal', (await readyNodePty()) ?? '');
  project.provide('terminalRequired', Boolean(process.env['MCP_TUNNEL_REQUIRE_TERMINAL']));
}
