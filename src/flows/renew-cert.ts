import { daysLeft } from '../domain/certificate.ts';
import { countDays, nextEnd } from '../domain/renewal.ts';
import type { Flow } from '../runner/step.ts';
import { assertDeployed } from '../steps/assert-deployment.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import type { InstallPorts, InstallSettings } from '../steps/install/ports.ts';
import { archive } from '../steps/renew-cert/archive.ts';
import { checkClock } from '../steps/renew-cert/clock-check.ts';
import { mendProxy } from '../steps/renew-cert/mend-proxy.ts';
import { observeRenewal } from '../steps/renew-cert/observe-renewal.ts';
import type { RenewalOptions } from '../steps/renew-cert/options.ts';
import { replacePair } from '../steps/renew-cert/replace-pair.ts';
import { servedProof } from '../steps/renew-cert/served.ts';
import type { RenewalWorld } from '../steps/renew-cert/world.ts';

export type RenewCertFlow = Flow<InstallAnswers, RenewalWorld, InstallPorts>;

const dayMs = 86_400_000;

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** What is worth saying about the window and the end, beside what the events say. */
function remarks(
  { certificates: { days } }: InstallAnswers,
  { work, server, ca, now }: RenewalWorld,
  { renewBeforeMs, renewBefore }: RenewalOptions,
): readonly string[] {
  if (work.kind === 'restore')
    return [`The pair of ${work.from.name} is back. The one it replaces is archived, too.`];
  const end = server?.facts.notAfter;
  if (work.kind === 'keep' && end) {
    const left = `${countDays(daysLeft(end, now))} left`;
    if (work.because === 'nothing-gained')
      return [
        `Kept, ${left}: a new one would end with its CA, too, on ${dayOf(ca.facts.notAfter)}. The CA has to be replaced before that.`,
      ];
    const from = dayOf(new Date(end.getTime() - (renewBeforeMs ?? 0)));
    return [`Not due: ${left}. With --renew-before ${renewBefore} it is renewed from ${from} on.`];
  }
  const next = nextEnd(days, now, ca.facts);
  const short = next.getTime() - now.getTime() < days * dayMs;
  return [
    ...(short
      ? [
          `It ends on ${dayOf(next)} with its CA, after less than ${countDays(days)}. The CA has to be replaced before that.`,
        ]
      : []),
    ...(renewBeforeMs !== undefined && renewBeforeMs >= days * dayMs
      ? [
          `--renew-before ${renewBefore} is no shorter than the certificate’s ${countDays(days)}: every run renews it.`,
        ]
      : []),
  ];
}

/** argv of `install` on a deployment as argv that proves its certificate and does not renew it. */
function proveCommand(self: readonly string[]): readonly string[] {
  const at = self.lastIndexOf('install');
  return [...(at < 0 ? self : self.with(at, 'renew-cert')), '--renew-before', '1h'];
}

/**
 * Renewal of the server certificate in manual mode, by the CA that is registered. It keeps the key as
 * the guide does, archives the pair it replaces, and restarts nothing: the proxy polls the file.
 */
export function renewCertFlow(
  dir: string,
  settings: InstallSettings,
  options: RenewalOptions,
): RenewCertFlow {
  const proof = servedProof(proveCommand(settings.self));
  let clockConfirmed = false;
  return {
    id: 'renew-cert',
    title: options.restore ? 'Restoration of a certificate' : 'Certificate renewal',
    steps: [archive, replacePair, mendProxy, proof.step],
    async check(ports, _answers, emit) {
      await assertDeployed(ports, await deploymentOnDisk(ports.files, dir));
      await ports.engine.info();
      await ports.compose.info();
      clockConfirmed = await checkClock(ports, settings.apiUrl, emit);
    },
    async observe(ports, answers) {
      const deployment = await deploymentOnDisk(ports.files, dir);
      return observeRenewal(ports, { answers, deployment, options, clockConfirmed });
    },
    differences: () => [],
    async conclude({ answers, world, emit }) {
      for (const text of remarks(answers, world, options)) emit({ type: 'notice', text });
      const action = proof.action();
      if (!action) return { outcome: 'done' };
      emit({ type: 'action.needed', action });
      return { outcome: 'action-needed' };
    },
  };
}
