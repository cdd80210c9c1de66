import { services } from '../domain/deployment.ts';
import { cleanLine } from '../domain/log-line.ts';
import { cloudflaredLines } from './cloudflared-lines.ts';
import type { Diagnosis, LineRule } from './line-rule.ts';
import { httpStatuses, readValues } from './line-values.ts';
import { proxyLines } from './proxy-lines.ts';
import { sampleLines } from './sample-lines.ts';
import { setupLines } from './setup-lines.ts';

export type { Diagnosis, Remedy, Severity } from './line-rule.ts';

/** Rules by Compose service. `mcp-gateway` is the proxy's name in guides before 2026-05-22 (facts 4.3). */
const tables: ReadonlyMap<string, readonly LineRule[]> = new Map([
  [services.cloudflared as string, cloudflaredLines],
  [services.proxy, proxyLines],
  ['mcp-gateway', proxyLines],
  [services.sample, sampleLines],
  ['setup', setupLines],
]);

export interface ServiceLine {
  readonly service: string;
  /** One line as the program wrote it; it need not be cleaned. */
  readonly text: string;
}

export interface DiagnoseOptions {
  /** The command that repairs this deployment, as the operator would type it. */
  readonly install?: string;
}

/** Clues are ASCII; lowering other letters can change a text's length, and positions must agree. */
function lowered(text: string): string {
  return /[^\0-\x7f]/.test(text)
    ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    : text.toLowerCase();
}

function includesAny(lower: string, clues: readonly string[] | undefined): boolean {
  if (clues) for (const clue of clues) if (lower.includes(clue)) return true;
  return false;
}

/** True if the rule applies to a cleaned line in lower case. */
export function applies({ all, any, none, status }: LineRule, lower: string): boolean {
  // Every line of every log comes by here: loops, because callbacks cost three times as much.
  if (all) for (const clue of all) if (!lower.includes(clue)) return false;
  if (any || status) {
    const isNamed =
      includesAny(lower, any) ||
      (status !== undefined && httpStatuses(lower).some((each) => status.includes(each)));
    if (!isNamed) return false;
  }
  return !includesAny(lower, none);
}

/** The words of `mcp-tunnel install --dir D`, with another command of ours in its place. */
function commandInstead(install: string, command: string): string {
  return install.replace(/(?<=^|\s)install(?=\s|$)/u, () => command);
}

function textOfFix({ fix }: LineRule, { install = 'mcp-tunnel install' }: DiagnoseOptions): string {
  return fix.replaceAll(/\{(install|renew-cert)\}/gu, (_, command: string) =>
    commandInstead(install, command),
  );
}

/**
 * What a line of a service's log means, if it is one that is known (facts 4.2, 5.2; e2e.md 9).
 * Undefined for any other line and for other services. Never throws; time is linear in the line.
 */
export function diagnose(line: ServiceLine, options: DiagnoseOptions = {}): Diagnosis | undefined {
  return tables.has(line.service)
    ? diagnoseCleaned({ service: line.service, text: cleanLine(line.text) }, options)
    : undefined;
}

/** As `diagnose`, for a line that `cleanLine` has cleaned already. */
export function diagnoseCleaned(
  { service, text }: ServiceLine,
  options: DiagnoseOptions = {},
): Diagnosis | undefined {
  const rules = tables.get(service);
  if (rules === undefined) return undefined;
  const lower = lowered(text);
  const rule = rules.find((each) => applies(each, lower));
  if (rule === undefined) return undefined;
  const values = rule.values ? readValues(text, lower, rule.values) : {};
  return {
    id: rule.id,
    severity: rule.severity,
    service,
    cause: rule.cause,
    fix: textOfFix(rule, options),
    ...(rule.remedy ? { remedy: rule.remedy } : {}),
    ...(rule.failure ? { failure: rule.failure } : {}),
    ...(Object.keys(values).length > 0 ? { values } : {}),
  };
}
