import { nameCredential } from '../../src/domain/foreign-secret.ts';

/** Text beyond this is not looked at; a field keeps far less. */
const examined = 65_536;

/** Only what is a secret without doubt: hosts and names of routes may look like other keys. */
const certain =
  /sk-ant-|(?<![A-Za-z0-9])LS0tLS1CRUdJTi|PRIVATE KEY-----|(?<![A-Za-z0-9+/_-])eyJ[A-Za-z0-9+/_-]{8}/;

/** Why a text must not stand in a field that shows it; never holds a piece of it. */
export function secretIn(text: string): string | undefined {
  const looked = text.slice(0, examined);
  if (!certain.test(looked)) return undefined;
  const name = nameCredential(looked) ?? 'text that begins like a tunnel token';
  return `This is ${name}. It does not belong here and was not kept.`;
}
