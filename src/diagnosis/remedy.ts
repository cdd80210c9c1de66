import type { Remedy } from './line-rule.ts';

/** How commands are typed on one deployment. */
export interface RemedyPlace {
  readonly dir: string;
  /** argv of this program: `mcp-tunnel`, or `mcp-tunnel rehearse`. */
  readonly self: readonly string[];
}

/** argv that does what a fix says, to type anywhere. */
export function remedyArgv(remedy: Remedy, { dir, self }: RemedyPlace): readonly string[] {
  return 'command' in remedy
    ? [...self, remedy.command, '--dir', dir]
    : ['docker', 'compose', '--project-directory', dir, 'restart', ...remedy.restart];
}
