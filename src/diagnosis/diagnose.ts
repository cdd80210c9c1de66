import { services } from '../domain/deployment.ts';
import { cleanLine } from '../domain/log-line.ts';
import { cloudflaredLines } from './cloudflared-lines.ts';
import type { Diagnosis, LineRule } from './line-rule.ts';
import { httpStatuses, readValues } from './line-values.ts';
import { proxyLines } from './proxy-lines.ts';
import { sampleLines } from './sample-lines.ts';
import { setupLines } from './setup-lines.ts';

export type { Diagnosis, Severity } from './line-rule.ts';

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

/** True if the rule applies to a cleaned line in lower case. */
export function applies(rule: LineRule, lower: string): boolean {
  if (rule.all?.some((clue) => !lower.includes(clue))) return false;
  if (rule.none?.some((clue) => lower.includes(clue))) return false;
  if (rule.any === undefined && rule.status === undefined) return true;
  if (rule.any?.some((clue) => lower.includes(clue))) return true;
  return (
    rule.status !== undefined && httpStatuses(lower).some((each) => rule.status?.includes(each))
  );
}

/**
 * What a line of a service's log means, if it is one that is known (facts 4.2, 5.2; e2e.md 9).
 * Undefined for any other line and for other services. Never throws; time is linear in the line.
 */
export function diagnose(line: ServiceLine, options: DiagnoseOptions = {}): Diagnosis | undefined {
  const rules = tables.get(line.service);
  if (rules === undefined) return undefined;
  const text = cleanLine(line.text);
  // Clues are ASCII; lowering other letters can change a text's length, and positions must agree.
  const lower = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const rule = rules.find((each) => applies(each, lower));
  if (rule === undefined) return undefined;
  const values = rule.values ? readValues(text, lower, rule.values) : {};
  return {
    id: rule.id,
    severity: rule.severity,
    service: line.service,
    cause: rule.cause,
    fix: rule.fix.replaceAll('{install}', () => options.install ?? 'mcp-tunnel install'),
    ...(rule.failure ? { failure: rule.failure } : {}),
    ...(Object.keys(values).length > 0 ? { values } : {}),
  };
}
