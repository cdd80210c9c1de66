import { daysLeft } from './certificate.ts';
import { judgeCa, judgeServer } from './certificate-rules.ts';
import { services } from './deployment.ts';
import { composeCommand, counted, dayOf, ownCommand, type StatusItem } from './status-item.ts';
import type { StatusObservation } from './status-observation.ts';
import { containerOf } from './status-stack.ts';

/** From how many days before its end on a certificate is to be replaced. */
const certificateDueDays = 30;
const caDueDays = 180;
const dayMs = 86_400_000;

interface Term {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly found: string;
  readonly isDue: boolean;
}

function termOf(notBefore: Date, notAfter: Date, now: Date, dueDays: number): Term {
  const left = daysLeft(notAfter, now);
  if (notAfter <= now)
    return { status: 'fail', found: `expired on ${dayOf(notAfter)}`, isDue: true };
  if (notBefore > now) {
    const found = `not valid before ${dayOf(notBefore)}: is this host’s clock right?`;
    return { status: 'fail', found, isDue: true };
  }
  const until = `until ${dayOf(notAfter)}, ${counted(left, 'day')} left`;
  if (left < dueDays) return { status: 'warn', found: until, isDue: true };
  const from = dayOf(new Date(notAfter.getTime() - dueDays * dayMs));
  return { status: 'pass', found: `${until}; to be replaced from ${from} on`, isDue: false };
}

/** The server certificate on disk: its term, and the rules of facts 4.5. */
export function judgeCertificate(seen: StatusObservation): StatusItem {
  const base = {
    id: 'certificate',
    title: 'Certificate',
    expected: `valid for ${certificateDueDays} more days, signed by the CA`,
  };
  const { certificate, ca, domain, at } = seen;
  const install = ownCommand(seen, 'install');
  if (!certificate?.ok) {
    const found = certificate ? certificate.problem : 'there is no data/tls.crt';
    return { ...base, status: 'warn', found, fix: install, due: { what: `certificate: ${found}` } };
  }
  const { facts, signedByCa } = certificate.value;
  const names = seen.routes.ok
    ? seen.routes.value.map(({ name }) => name).filter((name) => !name.includes('.'))
    : [];
  const broken = ca?.ok
    ? judgeServer(facts, ca.value.facts, domain ?? '', at, {
        signedByCa,
        ...(names.length > 0 ? { routes: names } : {}),
      }).find(
        ({ rule, status }) =>
          status === 'fail' &&
          rule !== 'server-validity' &&
          !(domain === undefined && rule === 'server-san'),
      )
    : undefined;
  const renew = ownCommand(seen, 'renew-cert');
  if (broken) {
    const found = `the tunnel refuses it: ${broken.found}`;
    const due = { what: `certificate: ${broken.found}` };
    return { ...base, status: 'fail', found, expected: broken.expected, fix: install, due };
  }
  const term = termOf(facts.notBefore, facts.notAfter, at, certificateDueDays);
  if (term.status !== 'fail' && seen.calls.refusal?.id === 'server-certificate-refused') {
    const { cause, fix } = seen.calls.refusal;
    return { ...base, status: 'fail', found: cause, fix, due: { what: 'mend the certificate' } };
  }
  return {
    ...base,
    status: term.status,
    found: term.found,
    ...(term.isDue
      ? { fix: renew, due: { what: `renew the server certificate`, at: facts.notAfter } }
      : {}),
  };
}

/** Whether the proxy can be seen to serve the certificate on disk. */
export function judgeServed(seen: StatusObservation): StatusItem {
  const base = {
    id: 'certificate-served',
    title: 'Certificate served',
    expected: 'the proxy serves the certificate on disk',
  };
  const { certificate, calls, served } = seen;
  const { proxyService } = seen.layout;
  const proxy = containerOf(seen, proxyService);
  if (!certificate?.ok || proxy?.state !== 'running')
    return { ...base, status: 'skip', found: 'unseen: the proxy does not run, as far as is known' };
  const { changedAt, facts } = certificate.value;
  const restart = composeCommand(
    seen,
    `restart ${proxyService}`,
    `restart ${services.cloudflared}`,
  );
  if (served?.ok && served.value.fingerprint === facts.fingerprint)
    return { ...base, status: 'pass', found: `seen by the ${served.value.by}` };
  if (served?.ok) {
    return {
      ...base,
      status: 'warn',
      found: `the proxy serves another one, seen by the ${served.value.by}: ${served.value.fingerprint}`,
      expected: facts.fingerprint,
      fix: `If it does not change within a minute: ${restart}`,
      due: { what: 'let the proxy take the certificate on disk' },
    };
  }
  if (proxy.startedAt && changedAt < proxy.startedAt)
    return { ...base, status: 'pass', found: 'seen: the proxy has loaded it at its start' };
  if (calls.reloaded && changedAt <= calls.reloaded)
    return { ...base, status: 'pass', found: 'seen: the proxy’s log says that it was read again' };
  return {
    ...base,
    status: 'skip',
    found: `unseen: the file changed on ${dayOf(changedAt)}, after the proxy’s start; the proxy looks at it by itself, but says nothing`,
    fix: `To be sure: ${restart}`,
  };
}

/** The CA: its term, its rules, and whether it is known to be registered with the tunnel. */
export function judgeAuthority(seen: StatusObservation): StatusItem {
  const base = {
    id: 'ca',
    title: 'CA',
    expected: `valid for ${caDueDays} more days, registered with the tunnel`,
  };
  const { ca, calls, at } = seen;
  if (!ca?.ok) {
    const found = ca ? ca.problem : 'there is no data/ca.crt';
    const fix = ownCommand(seen, 'install');
    return { ...base, status: 'warn', found, fix, due: { what: `CA: ${found}` } };
  }
  const { facts, registered } = ca.value;
  const term = termOf(facts.notBefore, facts.notAfter, at, caDueDays);
  const rotate = ownCommand(seen, 'rotate-ca');
  if (term.status === 'fail') {
    const due = { what: 'replace the CA', at: facts.notAfter };
    return { ...base, status: 'fail', found: term.found, fix: rotate, due };
  }
  const broken = judgeCa(facts, at).find(
    ({ rule, status }) => status === 'fail' && rule !== 'ca-validity',
  );
  if (broken) {
    const found = `the tunnel refuses it: ${broken.found}`;
    const due = { what: `CA: ${broken.found}` };
    return { ...base, status: 'fail', found, expected: broken.expected, fix: rotate, due };
  }
  if (calls.refusal?.id === 'ca-not-registered') {
    const { cause, fix } = calls.refusal;
    return { ...base, status: 'fail', found: cause, fix, due: { what: 'register the CA' } };
  }
  if (!registered && calls.lastCall === undefined) {
    return {
      ...base,
      status: 'warn',
      found: `${term.found}; not known to be registered`,
      fix: `Console > Manage > MCP tunnels > the tunnel > Certificates > Add certificate: data/ca.crt. Then: ${ownCommand(seen, 'install', '--ca-registered', facts.fingerprint)}`,
      due: { what: 'register the CA in the Console' },
    };
  }
  const known = registered ? 'registered' : 'registered, since calls come through';
  const found = `${term.found}; ${known}`;
  if (!term.isDue) return { ...base, status: 'pass', found };
  const due = { what: 'replace the CA', at: facts.notAfter };
  return { ...base, status: 'warn', found, fix: rotate, due };
}
