import { assertServerAcceptable } from '../../domain/certificate-rules.ts';
import { formatMode } from '../../domain/change.ts';
import { containerUser } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import { Secret } from '../../domain/secret.ts';
import { planMode } from '../planned-file.ts';
import type { InstallContext, InstallStep } from './step.ts';
import type { InstallWorld, ObservedSecretFile } from './world.ts';

export const secretMode = 0o400;
const certificateMode = 0o644;
export const secretOwner = { uid: containerUser, gid: containerUser } as const;

/** True if only the containers' user can read the file; a file that cannot be asked about is taken to be right. */
export function isOwnedByContainers(file: ObservedSecretFile): boolean {
  if (!file.owner) return true;
  return file.owner.uid === containerUser && file.owner.mode === secretMode;
}

/** True if a container's user can read the file; one that cannot be asked about is taken to be right. */
export function isReadableByContainers({ owner }: ObservedSecretFile): boolean {
  if (!owner) return true;
  const { uid, gid, mode } = owner;
  const bit = uid === containerUser ? 0o400 : gid === containerUser ? 0o040 : 0o004;
  return (mode & bit) !== 0;
}

/** True if the proxy's user could not read, or no proxy could use, the pair as it was found. */
export function pairWasUnusable({
  certificates,
  deployment,
  files,
  serverKey,
}: InstallWorld): boolean {
  const mode = files.get(deployment.serverCertificate)?.stat?.mode ?? 0;
  const readable =
    (mode & 0o004) !== 0 && serverKey !== undefined && isReadableByContainers(serverKey);
  return !certificates.pairUsable || !readable;
}

async function caKeyFor({ answers, world, ports }: InstallContext): Promise<Secret> {
  if (world.caKey) return world.caKey;
  const text = await ports.files.readText(world.caKeyPath);
  if (text !== undefined)
    return ports.certificates.decryptKey(new Secret(text), answers.certificates.caPassphrase);
  throw new Failure('ca-key-missing', 'The CA’s key is gone.', {
    found: `nothing at ${world.caKeyPath}`,
    nextSteps: ['Name it with --ca-key FILE, then run the same command again.'],
  });
}

async function issue(context: InstallContext): Promise<void> {
  const { answers, world, ports, emit } = context;
  const { serverKey, serverCertificate, caCertificate } = world.deployment;
  const caPem = await ports.files.readText(caCertificate);
  if (caPem === undefined)
    throw new Failure('ca-certificate-missing', 'data/ca.crt is gone.', {
      nextSteps: ['Run the same command again.'],
    });
  const pair = await ports.certificates.issueServer({
    domain: answers.domain,
    keyType: answers.certificates.keyType,
    days: answers.certificates.days,
    now: ports.clock.now(),
    caCertificate: caPem,
    caKey: await caKeyFor(context),
  });
  assertServerAcceptable(
    ports.certificates.read(pair.certificate),
    ports.certificates.read(caPem),
    answers.domain,
    ports.clock.now(),
  );
  // The proxy polls the certificate: by the time it sees the new one, the key must be there (design 4).
  await ports.ownedFiles.write(serverKey, Buffer.from(pair.key.reveal()), secretOwner, secretMode);
  emit({
    type: 'file.written',
    path: serverKey,
    mode: formatMode(secretMode),
    owner: String(containerUser),
  });
  await ports.files.write(serverCertificate, pair.certificate, certificateMode);
  emit({ type: 'file.written', path: serverCertificate, mode: formatMode(certificateMode) });
}

function whyWrong(key: ObservedSecretFile | undefined): string {
  return key?.owner && (key.owner.mode & 0o004) !== 0
    ? 'every user of this host can read it, and whoever can read it can pretend to be the proxy'
    : 'its owner or mode is not right';
}

/** The server certificate and its key, readable for the proxy's user only (design 5). */
export const serverCertificate: InstallStep = {
  id: 'server-certificate',
  title: 'Server certificate',
  plan(answers, world) {
    const { certificates, deployment } = world;
    const certificate = { path: deployment.serverCertificate, mode: '0644', undoable: false };
    const key = {
      path: deployment.serverKey,
      mode: formatMode(secretMode),
      owner: String(containerUser),
      undoable: false,
    };
    if (certificates.issueServer) {
      const { keyType, days } = answers.certificates;
      const why = certificates.serverWhy === undefined ? {} : { why: certificates.serverWhy };
      const action = world.serverKey ? 'change' : 'create';
      return [
        { action, what: 'data/tls.key, private key of the server certificate', ...key },
        {
          action: world.files.get(deployment.serverCertificate)?.stat ? 'change' : 'create',
          what: `data/tls.crt, server certificate for *.${answers.domain} (${keyType}, ${days} days)`,
          ...certificate,
          ...why,
        },
      ];
    }
    const wrong = world.serverKey && !isOwnedByContainers(world.serverKey);
    return [
      {
        action: wrong ? 'change' : 'keep',
        what: 'data/tls.key, private key of the server certificate',
        ...key,
        ...(wrong ? { why: whyWrong(world.serverKey) } : {}),
      },
      planMode(
        'data/tls.crt, server certificate',
        deployment.serverCertificate,
        world.files.get(deployment.serverCertificate)?.stat,
        certificateMode,
      ),
    ];
  },
  async run(context) {
    const { world, ports, emit } = context;
    if (world.certificates.issueServer) return issue(context);
    await ports.files.setMode(world.deployment.serverCertificate, certificateMode);
    const content = world.serverKey?.content;
    if (!content || !world.serverKey || isOwnedByContainers(world.serverKey)) return;
    await ports.ownedFiles.write(
      world.deployment.serverKey,
      Buffer.from(content.reveal()),
      secretOwner,
      secretMode,
    );
    emit({
      type: 'file.written',
      path: world.deployment.serverKey,
      mode: formatMode(secretMode),
      owner: String(containerUser),
    });
  },
};
