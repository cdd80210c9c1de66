/** A marker alone on its line: `#[if sampleServer]` … `#[end]`, not nested. */
const marker = /^\s*#\[(?:if (\w+)|(end))\]\s*$/;
/** `__TUNNEL_DOMAIN__`: also valid as a plain YAML scalar, so that a template is itself valid YAML. */
const placeholder = /__([A-Z]+(?:_[A-Z]+)*)__/g;
/** What needs no quoting in the files we write: image references, domain names, versions, `,z`. */
const plainValue = /^[A-Za-z0-9._/:@,+-]*$/;

/**
 * Fills in a template: `__NAME__` from `values`, lines between `#[if name]` and `#[end]` only where
 * the condition holds. `quoted` values are already as their place needs them, in one line. Strict,
 * because a slip here is written on the operator's disk.
 * @throws Error (a bug of ours) for a placeholder or condition that is unknown or not used, a marker
 * out of place, or a value that would need quoting.
 */
export function renderTemplate(
  template: string,
  values: Readonly<Record<string, string>>,
  conditions: Readonly<Record<string, boolean>> = {},
  quoted: Readonly<Record<string, string>> = {},
): string {
  const all = { ...values, ...quoted };
  const unused = new Set([...Object.keys(all), ...Object.keys(conditions)]);
  const kept: string[] = [];
  let inside: string | undefined;
  for (const line of template.split('\n')) {
    const found = marker.exec(line);
    if (found === null) {
      if (inside === undefined || conditions[inside] === true) kept.push(line);
    } else if (found[2] !== undefined) {
      if (inside === undefined) throw new Error('Template: #[end] without #[if]');
      inside = undefined;
    } else {
      const name = found[1] ?? '';
      if (inside !== undefined) throw new Error(`Template: #[if ${name}] inside #[if ${inside}]`);
      if (!Object.hasOwn(conditions, name)) throw new Error(`Template: unknown condition ${name}`);
      unused.delete(name);
      inside = name;
    }
  }
  if (inside !== undefined) throw new Error(`Template: #[if ${inside}] without #[end]`);
  for (const [, name] of template.matchAll(placeholder)) unused.delete(name ?? '');
  if (unused.size > 0) throw new Error(`Template: not used: ${[...unused].join(', ')}`);

  return kept.join('\n').replace(placeholder, (_, name: string) => {
    const value = Object.hasOwn(all, name) ? all[name] : undefined;
    if (value === undefined) throw new Error(`Template: unknown placeholder ${name}`);
    const isPlain = Object.hasOwn(quoted, name) ? !value.includes('\n') : plainValue.test(value);
    if (!isPlain) throw new Error(`Template: the value of ${name} needs quoting`);
    return value;
  });
}
