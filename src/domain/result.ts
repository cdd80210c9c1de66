/** Outcome of reading foreign text: a value, or a problem in words a person can act on. Never a secret. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function problem(text: string): Parsed<never> {
  return { ok: false, problem: text };
}
