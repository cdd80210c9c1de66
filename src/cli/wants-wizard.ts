import type { ParsedArgv } from './parse-argv.ts';

/** Flags that ask for a run without questions. */
const headless = ['yes', 'json', 'dry-run', 'verbose', 'token-stdin'];

/** Commands that the wizard leads through, each with flags that ask for what no screen does. */
const led: Readonly<Record<string, readonly string[]>> = {
  install: [],
  'rotate-token': ['switched'],
  'renew-cert': ['renew-before'],
  'rotate-ca': [
    ...['ca-registered', 'old-revoked', 'cancel', 'ca-days'],
    ...['key-type', 'cert-days', 'ca-key', 'ca-passphrase-file'],
  ],
  routes: [],
  schedule: [],
};

/** True if a person sits at a terminal and has not asked for a run without questions. */
export function wantsWizard(
  interactive: boolean,
  { command, subcommand, switches, values }: ParsedArgv,
): boolean {
  const own = led[command.name];
  if (!interactive || !own || subcommand !== undefined) return false;
  return (
    !headless.some((name) => switches.get(name)) &&
    !own.some((name) => values.has(name) || switches.get(name))
  );
}
