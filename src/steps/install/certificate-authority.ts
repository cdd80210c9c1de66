import { relative } from 'node:path';
import { type Change, formatMode } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../domain/secret.ts';
import { planMode } from '../planned-file.ts';
import type { InstallAnswers } from './answers.ts';
import type { InstallContext, InstallStep } from './step.ts';
import type { InstallWorld } from './world.ts';

/** Common name of the guide's CA (facts 4.5). */
const commonName = 'mcp-tunnel-ca';

function nameOf(world: InstallWorld, path: string): string {
  const name = relative(world.deployment.dir, path);
  return name.startsWith('..') ? path : name;
}

const keyMode = 0o600;
const certificateMode = 0o644;

function planned(answers: InstallAnswers, world: InstallWorld): readonly Change[] {
  const { ca, caWhy } = world.certificates;
  const { caCertificate } = world.deployment;
  const why = caWhy === undefined ? {} : { why: caWhy };
  const certificate = { path: caCertificate, mode: '0644', undoable: false };
  // A key elsewhere is the operator's affair; none at all is fine while nothing must be signed.
  const keyHere = world.caKeyPath === world.deployment.caKey ? world.caKeyStat : undefined;
  const key = keyHere
    ? [planMode('data/ca.key, CA private key', world.caKeyPath, keyHere, keyMode)]
    : [];
  if (ca === 'keep') {
    const what = `data/ca.crt, CA certificate ${world.ca?.facts.fingerprint.slice(0, 12) ?? ''}…`;
    const { stat } = world.files.get(caCertificate) ?? {};
    return [...key, planMode(what, caCertificate, stat, certificateMode)];
  }
  const { keyType, caDays, caPassphrase } = answers.certificates;
  const text = `data/ca.crt, CA certificate (${keyType}, ${caDays} days, CN=${commonName})`;
  if (ca === 'take-offered')
    return [{ action: 'create', what: 'data/ca.crt, CA certificate', ...certificate, ...why }];
  if (ca === 'certify-existing-key')
    return [...key, { action: 'create', what: text, ...certificate, ...why }];
  const encrypted = caPassphrase && world.caKeyPath !== world.deployment.caKey ? ', encrypted' : '';
  return [
    {
      action: 'create',
      what: `${nameOf(world, world.caKeyPath)}, CA private key${encrypted}`,
      path: world.caKeyPath,
      mode: '0600',
      undoable: false,
      why: 'no container can read it',
    },
    { action: 'create', what: text, ...certificate },
  ];
}

/** The key first: a key without a certificate is certified by the next run, the reverse would be a dead CA. */
async function makeCa(
  { answers, world, ports, emit }: InstallContext,
  existing: Secret | undefined,
): Promise<string> {
  const { keyType, caDays, caPassphrase } = answers.certificates;
  const pair = await ports.certificates.issueCa({
    commonName,
    keyType,
    days: caDays,
    now: ports.clock.now(),
    ...(existing ? { key: existing } : {}),
  });
  if (!existing) {
    const elsewhere = world.caKeyPath !== world.deployment.caKey;
    const key =
      elsewhere && caPassphrase ? ports.certificates.encryptKey(pair.key, caPassphrase) : pair.key;
    await ports.files.write(world.caKeyPath, key.reveal(), 0o600);
    emit({ type: 'file.written', path: world.caKeyPath, mode: '0600' });
  }
  return pair.certificate;
}

function assertOffered(world: InstallWorld): string {
  if (world.offeredCa) return world.offeredCa.pem;
  throw new Failure('ca-certificate-missing', 'The CA certificate given by --ca-cert is gone.', {
    nextSteps: ['Run the same command again.'],
  });
}

/** The CA: made once, then only ever reused (facts 4.5, design 2: never undone). */
export const certificateAuthority: InstallStep = {
  id: 'certificate-authority',
  title: 'Certificate authority',
  plan: planned,
  async run(context) {
    const { world, ports, emit } = context;
    const decision = world.certificates.ca;
    const { caKey, caCertificate } = world.deployment;
    if (world.caKeyPath === caKey && world.caKeyStat) await ports.files.setMode(caKey, keyMode);
    if (decision === 'keep') return ports.files.setMode(caCertificate, certificateMode);
    const pem =
      decision === 'take-offered'
        ? assertOffered(world)
        : await makeCa(context, decision === 'create' ? undefined : world.caKey);
    await ports.files.write(caCertificate, pem, certificateMode);
    emit({ type: 'file.written', path: caCertificate, mode: formatMode(certificateMode) });
  },
};
