import { join } from 'node:path';
import { daysLeft } from '../../domain/certificate.ts';
import { assertServerAcceptable } from '../../domain/certificate-rules.ts';
import { type Change, formatMode } from '../../domain/change.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { countDays } from '../../domain/renewal.ts';
import type { Secret } from '../../domain/secret.ts';
import { temporaryName } from '../../domain/temporary-name.ts';
import type { InstallAnswers } from '../install/answers.ts';
import { isReadableByContainers, secretMode, secretOwner } from '../install/server-certificate.ts';
import type { RenewalContext, RenewalStep, RenewalWork, RenewalWorld } from './world.ts';

const certificateMode = 0o644;

/** Who may read a new key: the containers' user alone, or in a stack made by hand whoever could before. */
function keyOwner({ deployment, serverKey }: RenewalWorld) {
  const isKept = deployment.layout.byHand && serverKey && isReadableByContainers(serverKey);
  return (isKept ? serverKey.owner : undefined) ?? { ...secretOwner, mode: secretMode };
}

type Making = Extract<RenewalWork, { kind: 'make' }>;

/**
 * Key and certificate as a pair. The certificate is written out in full first: once the key is in its
 * place only a rename is left, which no full disk can stop. The proxy polls the certificate: when it
 * sees the new one, the key is there (design 4). A run that is killed between the two leaves a key
 * that its certificate does not fit; the next one signs for that key.
 */
async function put(
  { world, ports, emit }: RenewalContext,
  certificate: string,
  key: Secret | undefined,
): Promise<void> {
  const { dataDir, serverKey, serverCertificate } = world.deployment;
  const { uid, gid, mode } = keyOwner(world);
  const ready = join(dataDir, temporaryName('tls.crt', '0'.repeat(12)));
  await ports.files.write(ready, certificate, certificateMode);
  if (key) {
    try {
      const bytes = Buffer.from(key.reveal());
      await ports.ownedFiles.write(serverKey, bytes, { uid, gid }, mode);
    } catch (error) {
      await ports.files.remove(ready).catch(() => undefined);
      throw error;
    }
    emit({
      type: 'file.written',
      path: serverKey,
      mode: formatMode(mode),
      owner: String(uid),
    });
  }
  await ports.files.rename(ready, serverCertificate);
  emit({ type: 'file.written', path: serverCertificate, mode: formatMode(certificateMode) });
}

/** A key that is kept may be one that no caller accepts: then only a new one helps. */
function withNewKey(error: unknown): Failure {
  const failure = asFailure(error);
  if (failure.code !== 'certificate-refused' || !failure.summary.includes('server-key'))
    return failure;
  return new Failure(failure.code, failure.summary, {
    ...(failure.found === undefined ? {} : { found: failure.found }),
    ...(failure.expected === undefined ? {} : { expected: failure.expected }),
    nextSteps: ['Make a new key, too: --new-key'],
    cause: error,
  });
}

async function make(context: RenewalContext, { caKey, key }: Making): Promise<void> {
  const { answers, world, ports } = context;
  const { certificates } = ports;
  const { domain } = answers;
  const { keyType, days } = answers.certificates;
  const now = ports.clock.now();
  const pair = await certificates
    .issueServer({
      ...{ domain, keyType, days, now, caKey },
      caCertificate: world.ca.pem,
      ...(key ? { key } : {}),
    })
    .catch((error: unknown) => {
      throw withNewKey(error);
    });
  const signedByCa = certificates.isSignedBy(pair.certificate, world.ca.pem);
  const routes = answers.routes.map(({ name }) => name);
  const facts = certificates.read(pair.certificate);
  assertServerAcceptable(facts, world.ca.facts, domain, now, { signedByCa, routes });
  await put(context, pair.certificate, key ? undefined : pair.key);
}

/** True if the archived pair has another key than the one on disk. */
function bringsKey({ serverKey }: RenewalWorld, key: Secret): boolean {
  return !serverKey?.content?.equals(key);
}

function planMake(
  { domain, certificates: { keyType, days } }: InstallAnswers,
  world: RenewalWorld,
  { why, key }: Making,
): readonly Change[] {
  const { deployment, server, serverKey } = world;
  const owner = keyOwner(world);
  const made = `data/tls.crt, server certificate for *.${domain}`;
  const certificate: Change = {
    action: server ? 'change' : 'create',
    what: `${made} (${days} days; ${key ? 'its key is kept' : keyType})`,
    path: deployment.serverCertificate,
    mode: formatMode(certificateMode),
    why,
    undoable: false,
  };
  const keyFile: Change = {
    action: key ? 'keep' : serverKey ? 'change' : 'create',
    what: 'data/tls.key, private key of the server certificate',
    path: deployment.serverKey,
    mode: formatMode(owner.mode),
    owner: String(owner.uid),
    undoable: false,
  };
  // A key that is kept is left exactly as it is, also with another owner or mode.
  if (!key) return [keyFile, certificate];
  const { mode: _, owner: __, ...kept } = keyFile;
  return [kept, certificate];
}

/** The server certificate: signed anew by the CA, put back from the archive, or kept. */
export const replacePair: RenewalStep = {
  id: 'server-certificate',
  title: 'Server certificate',
  pointOfNoReturn: true,
  plan(answers, world) {
    const { work, deployment, server, now } = world;
    if (work.kind === 'make') return planMake(answers, world, work);
    if (work.kind === 'keep') {
      const left = server ? `, ${countDays(daysLeft(server.facts.notAfter, now))} left` : '';
      const what = `data/tls.crt, server certificate${left}`;
      return [{ action: 'keep', what, path: deployment.serverCertificate, undoable: false }];
    }
    const { from, key } = work;
    const where = `from .mcp-tunnel/backups/${from.name}/`;
    const left = countDays(daysLeft(from.facts.notAfter, now));
    const back: Change = {
      action: server ? 'change' : 'create',
      what: `data/tls.crt ${where} (${left} left)`,
      path: deployment.serverCertificate,
      mode: formatMode(certificateMode),
      undoable: false,
    };
    if (!bringsKey(world, key)) return [back];
    const owner = keyOwner(world);
    const keyFile: Change = {
      action: world.serverKey ? 'change' : 'create',
      what: `data/tls.key ${where}`,
      path: deployment.serverKey,
      mode: formatMode(owner.mode),
      owner: String(owner.uid),
      undoable: false,
    };
    return [keyFile, back];
  },
  async run(context) {
    const { work } = context.world;
    if (work.kind === 'make') await make(context, work);
    if (work.kind !== 'restore') return;
    const key = bringsKey(context.world, work.key) ? work.key : undefined;
    await put(context, work.from.pem, key);
  },
};
