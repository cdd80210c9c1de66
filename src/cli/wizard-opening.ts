import { resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { allowedIps } from '../questions/allowed-ips.ts';
import type { RawAnswers } from '../questions/question.ts';
import { readPairs } from '../questions/raw-values.ts';
import { routes } from '../questions/routes.ts';
import { upstreamCa } from '../questions/upstream-ca.ts';
import { upstreamSystemCas } from '../questions/upstream-system-cas.ts';
import { simulatedConsole } from '../surfaces/wizard/resume-command.ts';
import type { RoutingPreset } from '../surfaces/wizard/routing.ts';
import type { Wizard } from '../surfaces/wizard/wizard.ts';
import type { ParsedArgv } from './parse-argv.ts';
import { renewalOptions } from './renewal-options.ts';

const routesFlags = [routes.flag, allowedIps.flag, upstreamCa.flag];

/**
 * The command line as far as the deployment's answers go: what `routes` is given stands in its table,
 * and is no answer before it is carried out.
 */
export function answersArgvOf(argv: ParsedArgv): ParsedArgv {
  if (argv.command.name !== 'routes') return argv;
  const values = [...argv.values].filter(([name]) => !routesFlags.includes(name));
  const switches = [...argv.switches].filter(([name]) => name !== upstreamSystemCas.flag);
  return { ...argv, values: new Map(values), switches: new Map(switches) };
}

/** @throws Failure `usage`, `answers-invalid`. */
function routingPreset({ values, switches }: ParsedArgv, cwd: string): RoutingPreset {
  if (switches.get('replace')) {
    throw new Failure('usage', '--replace says nothing to routes without add.', {
      nextSteps: ['mcp-tunnel routes add NAME=URL … --replace'],
    });
  }
  const given = values.get(routes.flag);
  const pairs = given && readPairs(given);
  if (pairs && !pairs.ok) {
    throw new Failure('answers-invalid', '1 answer is missing or invalid.', {
      missing: [{ question: routes.label, problem: pairs.problem, flag: `--${routes.flag}` }],
    });
  }
  const ranges = values.get(allowedIps.flag);
  const file = values.get(upstreamCa.flag)?.[0];
  const trusts = switches.get(upstreamSystemCas.flag);
  return {
    ...(pairs ? { routes: pairs.value.map(([name, upstream]) => ({ name, upstream })) } : {}),
    ...(ranges ? { allowedIps: ranges.join(', ') } : {}),
    ...(file === undefined ? {} : { upstreamCa: resolve(cwd, file) }),
    ...(trusts === undefined ? {} : { upstreamSystemCas: trusts }),
  };
}

/**
 * Opens the wizard at what the command is about, with what it was given.
 * @throws Failure `deployment-missing`, `usage`, `answers-invalid`.
 */
export async function openAt(
  wizard: Wizard,
  argv: ParsedArgv,
  raw: RawAnswers,
  cwd: string,
): Promise<void> {
  const { name } = argv.command;
  if (name === 'install') return;
  if (!wizard.state.existing) {
    throw new Failure('deployment-missing', `There is no deployment in ${wizard.dir}.`, {
      nextSteps: ['Name its directory with --dir.', 'Or install first: mcp-tunnel install'],
    });
  }
  if (name === 'rotate-token') {
    const token = raw['token'];
    const given = token?.source === simulatedConsole ? undefined : token?.value;
    await wizard.rotation.open(typeof given === 'string' ? given : undefined);
  }
  if (name === 'renew-cert') wizard.renewal.open(renewalOptions(argv));
  if (name === 'rotate-ca') wizard.caRotation.open();
  if (name === 'schedule') wizard.upkeep.open();
  if (name === 'routes') await wizard.routing.open(routingPreset(argv, cwd));
}
