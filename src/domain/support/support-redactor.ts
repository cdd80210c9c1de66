import { isRecord } from '../plain-data.ts';
import type { Secret } from '../secret.ts';
import { withoutForeignSecrets, withoutForms } from './secret-forms.ts';
import { tracesOf, withoutTraces } from './secret-traces.ts';

/** Takes secrets out of text before it leaves this host: those that are known by value, the others by form. */
export interface SupportRedactor {
  /** Text that others wrote: logs, files of the operator's. */
  foreign(text: string): string;
  /** Text of ours that may repeat foreign text. */
  own(text: string): string;
  /** Plain data of ours, every text in it as `own`; keys, too. */
  data(value: unknown): unknown;
  /** Plain data that others wrote, every text in it as `foreign`. */
  foreignData(value: unknown): unknown;
  /** Public text, such as a certificate: only what is known by value is taken out. */
  byValue(text: string): string;
}

/** A redactor for these secrets; `publicTexts` are certificates, whose bytes betray nothing. */
export function supportRedactor(
  secrets: readonly Secret[],
  publicTexts: readonly string[] = [],
): SupportRedactor {
  const traces = tracesOf(secrets, publicTexts);
  const byValue = (text: string) => withoutTraces(text, traces);
  const own = (text: string) => withoutForms(byValue(text));
  const foreign = (text: string) => withoutForeignSecrets(byValue(text));
  return {
    ...{ foreign, own, byValue },
    data: (value) => deep(value, own),
    foreignData: (value) => deep(value, foreign),
  };
}

function deep(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((each) => deep(each, mask));
  if (value instanceof Map) return deep([...value], mask);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [mask(key), deep(each, mask)]),
  );
}
