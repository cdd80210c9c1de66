import { parseDuration } from '../domain/duration.ts';
import { Failure } from '../domain/failure.ts';
import type { RenewalOptions } from '../steps/renew-cert/options.ts';
import type { ParsedArgv } from './parse-argv.ts';

/** Flags that say how a certificate is made: none of them means anything for one that is put back. */
const ofMaking = ['renew-before', 'cert-days', 'key-type', 'ca-key', 'ca-passphrase-file'];

function usage(summary: string, nextStep: string): Failure {
  return new Failure('usage', summary, { nextSteps: [nextStep] });
}

/**
 * What the flags of `renew-cert` ask for.
 * @throws Failure `usage` for a duration that is none, or flags that contradict each other.
 */
export function renewalOptions({ switches, values }: ParsedArgv): RenewalOptions {
  const newKey = switches.get('new-key') ?? false;
  const restore = switches.get('restore') ?? false;
  if (restore) {
    const other = newKey ? 'new-key' : ofMaking.find((name) => values.has(name));
    if (other) {
      throw usage(
        `--restore puts an archived pair back as it was: --${other} does not go with it.`,
        'Give one of them.',
      );
    }
  }
  if (values.has('key-type') && !newKey) {
    throw usage(
      '--key-type is the type of a new key, and the key is kept.',
      'For a new key: --new-key --key-type TYPE',
    );
  }
  const renewBefore = values.get('renew-before')?.[0];
  const duration = renewBefore === undefined ? undefined : parseDuration(renewBefore);
  if (duration && !duration.ok)
    throw usage(`--renew-before: ${duration.problem}`, 'Such as: --renew-before 720h');
  return { renewBeforeMs: duration?.value, renewBefore, newKey, restore };
}
