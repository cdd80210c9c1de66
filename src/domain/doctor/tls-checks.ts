import { judgeCa, judgeServer, type RuleFinding } from '../certificate-rules.ts';
import { judgeAuthority, judgeCertificate, judgeServed } from '../status-certificates.ts';
import { ownCommand } from '../status-item.ts';
import { fromStatus } from './container-checks.ts';
import { type DoctorCheck, failed, passed, unknown, warned } from './doctor-check.ts';
import type { DoctorObservation } from './doctor-observation.ts';

/** Validity has checks of its own, with days and what to do. */
const validity = ['ca-validity', 'server-validity'];

const titles: Readonly<Record<string, string>> = {
  'ca-size': 'CA: size',
  'ca-basic-constraints': 'CA: BasicConstraints',
  'ca-subject-key-id': 'CA: SubjectKeyIdentifier',
  'ca-key-usage': 'CA: KeyUsage',
  'ca-key': 'CA: key',
  'ca-signature': 'CA: signature',
  'server-signed-by-ca': 'Certificate: signer',
  'server-authority-key-id': 'Certificate: AuthorityKeyIdentifier',
  'server-san': 'Certificate: names',
  'server-extended-key-usage': 'Certificate: ExtendedKeyUsage',
  'server-key': 'Certificate: key',
  'server-signature': 'Certificate: signature',
};

/** One check per broken rule of facts 4.5, or one for all that hold. */
function judgeRules(
  rules: readonly RuleFinding[],
  base: { readonly id: string; readonly title: string },
  command: string,
): readonly DoctorCheck[] {
  const judged = rules.filter(({ rule }) => !validity.includes(rule));
  const broken = judged.filter(({ status }) => status === 'fail');
  const expected = 'what the tunnel demands of it';
  if (broken.length === 0)
    return [passed({ ...base, expected }, `all ${judged.length} rules of the tunnel hold`)];
  return broken.map(({ rule, found, expected: wanted }) =>
    failed({ id: rule, title: titles[rule] ?? rule, expected: wanted }, found, {
      fix: `${command}   (the tunnel refuses this one)`,
      command,
    }),
  );
}

function judgeCaRules({ status }: DoctorObservation): readonly DoctorCheck[] {
  const base = { id: 'ca-rules', title: 'CA certificate' };
  const { ca } = status;
  if (!ca?.ok) return [];
  const rules = judgeCa(ca.value.facts, status.at);
  return judgeRules(rules, base, ownCommand(status, 'rotate-ca'));
}

/** Names are judged against the domain that the proxy goes by. */
function judgeServerRules(seen: DoctorObservation): readonly DoctorCheck[] {
  const base = { id: 'certificate-rules', title: 'Server certificate' };
  const { certificate, ca, domain, at } = seen.status;
  if (!certificate?.ok) return [];
  const expected = 'a certificate that this CA signed';
  if (!ca?.ok)
    return [
      unknown({ ...base, expected }, ca ? ca.problem : 'there is no data/ca.crt to compare with'),
    ];
  const names = Object.keys(seen.config.ok ? seen.config.value.routes : {});
  const labels = names.filter((name) => !name.includes('.'));
  const { facts, signedByCa } = certificate.value;
  const rules = judgeServer(facts, ca.value.facts, domain ?? '', at, {
    signedByCa,
    ...(labels.length > 0 ? { routes: labels } : {}),
  }).filter(({ rule }) => domain !== undefined || rule !== 'server-san');
  return judgeRules(rules, base, ownCommand(seen.status, 'install'));
}

/** A certificate without its key, or with another one, ends the proxy's next start. */
function judgePair({
  keyMatches,
  status,
  places: { key, certificate },
}: DoctorObservation): DoctorCheck {
  const base = {
    id: 'certificate-key',
    title: 'Key of the certificate',
    expected: `${key} is the key of ${certificate}`,
  };
  if (keyMatches === undefined)
    return unknown(base, `${key} is not there, or this user cannot read it`);
  if (keyMatches) return passed(base, 'they belong together');
  const command = ownCommand(status, 'install');
  const restore = ownCommand(status, 'renew-cert', '--restore');
  return failed(base, 'they do not belong together: the proxy cannot start with them', {
    fix: `${command}   (makes a certificate for the CA anew; an earlier pair comes back with: ${restore})`,
    command,
  });
}

/** The CA that was registered and the one that signs now. */
function judgeSameCa({ told, status }: DoctorObservation): readonly DoctorCheck[] {
  const { ca } = status;
  if (!ca?.ok || told.caRegistered === undefined) return [];
  const base = {
    id: 'ca-same',
    title: 'Registered CA',
    expected: `the CA that was registered: ${told.caRegistered}`,
  };
  const { fingerprint } = ca.value.facts;
  if (fingerprint === told.caRegistered) return [passed(base, 'it is the CA in data/ca.crt')];
  return [
    warned(base, `data/ca.crt is another one: ${fingerprint}`, {
      fix: `If the Console has this one, too: ${ownCommand(status, 'install', '--ca-registered', fingerprint)}. If not, put the registered CA’s certificate and key back.`,
    }),
  ];
}

/** What the tunnel needs to trust the proxy, from the files to the certificate that is served. Pure. */
export function judgeInnerTls(seen: DoctorObservation): readonly DoctorCheck[] {
  const { status } = seen;
  const rules = [...judgeCaRules(seen), ...judgeServerRules(seen)];
  const certificate = certificateCheck(seen, rules);
  return [
    lackingIsFailing(fromStatus(judgeAuthority(status)), status.ca?.ok === true),
    ...judgeSameCa(seen),
    ...rules,
    certificate,
    judgePair(seen),
    fromStatus(judgeServed(status)),
  ];
}

/** Validity and what callers said; a broken rule is told by its own check. */
function certificateCheck(seen: DoctorObservation, rules: readonly DoctorCheck[]): DoctorCheck {
  const item = fromStatus(judgeCertificate(seen.status));
  const { certificate } = seen.status;
  const isBroken = rules.some(({ id, status }) => id.startsWith('server-') && status === 'fail');
  if (!certificate?.ok || !isBroken || !item.found.startsWith('the tunnel refuses it'))
    return lackingIsFailing(item, certificate?.ok === true);
  const { id, title, expected } = item;
  return { id, title, expected, status: 'skip', found: 'told by the rule it breaks' };
}

/** A certificate that is not there or cannot be read is due for `status`; here it is what fails. */
function lackingIsFailing(check: DoctorCheck, isThere: boolean): DoctorCheck {
  return !isThere && check.status === 'warn' ? { ...check, status: 'fail' } : check;
}
