import { Failure } from '../domain/failure.ts';
import type { Route } from '../domain/route.ts';
import { noRoutesRequest, type RoutesRequest } from '../domain/route-change.ts';
import { allowedIps } from '../questions/allowed-ips.ts';
import { routes } from '../questions/routes.ts';
import type { ParsedArgv } from './parse-argv.ts';

/**
 * The command line without `--allow-ip`: beside the ranges that are allowed already it is no answer
 * that replaces theirs.
 */
export function withoutAllowedIps(argv: ParsedArgv): ParsedArgv {
  const values = [...argv.values].filter(([name]) => name !== allowedIps.flag);
  return { ...argv, values: new Map(values) };
}

/**
 * The routes that `routes add` was given; none for the other subcommands.
 * @throws Failure `answers-invalid`, as for an installation's `--route`.
 */
export function routesGiven({ subcommand, operands = [] }: ParsedArgv): readonly Route[] {
  if (subcommand !== 'add') return [];
  const given = routes.parse(operands);
  if (given.ok) return given.value;
  throw invalid(routes.label, given.problem, 'mcp-tunnel routes add NAME=URL');
}

/**
 * What `routes add` or `routes remove` asks for.
 * @throws Failure `answers-invalid`.
 */
export function routesRequest(argv: ParsedArgv): RoutesRequest {
  const { subcommand, operands = [], switches, values } = argv;
  if (subcommand === 'remove') return { ...noRoutesRequest, remove: operands };
  const ranges = allowedIps.parse(values.get(allowedIps.flag) ?? []);
  if (!ranges.ok) throw invalid(allowedIps.label, ranges.problem, `--${allowedIps.flag}`);
  return {
    ...noRoutesRequest,
    set: routesGiven(argv),
    replace: switches.get('replace') ?? false,
    allowedIps: ranges.value,
  };
}

function invalid(question: string, problem: string, flag: string): Failure {
  return new Failure('answers-invalid', '1 answer is missing or invalid.', {
    missing: [{ question, problem, flag }],
    nextSteps: ['mcp-tunnel routes --help'],
  });
}
