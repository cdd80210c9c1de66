import { Failure } from '../domain/failure.ts';
import type { ParsedArgv } from './parse-argv.ts';

/**
 * Hosts that `rotate-token --switched` says have the new token; none: it is to rotate.
 * @throws Failure `usage` where a token is given as well.
 */
export function hostsSwitched({ switches, values }: ParsedArgv): readonly string[] {
  const hosts = values.get('switched') ?? [];
  const token = ['token-file', 'token-stdin'].find(
    (each) => values.has(each) || switches.get(each),
  );
  if (hosts.length === 0 || token === undefined) return hosts;
  throw new Failure('usage', `--switched rotates nothing: --${token} does not go with it.`, {
    nextSteps: ['Rotate first, with the token; then note the hosts.'],
  });
}
