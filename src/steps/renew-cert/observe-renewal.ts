import { assertServerAcceptable } from '../../domain/certificate-rules.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { chooseProject, namedProject } from '../../domain/project-name.ts';
import { decideRenewal } from '../../domain/renewal.ts';
import type { Secret } from '../../domain/secret.ts';
import type { InstallAnswers } from '../install/answers.ts';
import { type FoundCertificate, whyServer } from '../install/certificate-decision.ts';
import { observeSecretFile } from '../install/observe.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { ObservedSecretFile } from '../install/world.ts';
import { assertPlainFile } from '../planned-file.ts';
import { assertNotHalfSwapped } from '../rotate-ca/next-ca-on-disk.ts';
import { type ArchivedPair, archivedPairs } from './archived-pairs.ts';
import { clockWrong } from './clock-check.ts';
import type { RenewalOptions } from './options.ts';
import { pairToRestore } from './pair-to-restore.ts';
import { assertCaCurrent, registeredCa, signingKey } from './signing-ca.ts';
import type { RenewalWork, RenewalWorld } from './world.ts';

/** What a renewal was asked for, and by which clock. */
export interface RenewalRequest {
  readonly answers: InstallAnswers;
  readonly deployment: Deployment;
  readonly options: RenewalOptions;
  /** True if another clock agrees with this host's. */
  readonly clockConfirmed: boolean;
}

/** The pair on disk, as far as it can be read. */
interface FoundPair {
  readonly server: FoundCertificate | undefined;
  readonly serverKey: ObservedSecretFile | undefined;
  /** Undefined if there is nothing to compare. */
  readonly keyMatches: boolean | undefined;
}

async function readServer(
  { files, certificates }: InstallPorts,
  path: string,
): Promise<FoundCertificate | undefined> {
  assertPlainFile(path, await files.stat(path));
  const pem = await files.readText(path);
  if (pem === undefined) return undefined;
  try {
    return { pem, facts: certificates.read(pem) };
  } catch (error) {
    // What cannot be read cannot be served either: as good as none.
    if (asFailure(error).code === 'file-malformed') return undefined;
    throw error;
  }
}

function compare(
  { certificates }: InstallPorts,
  server: FoundCertificate | undefined,
  key: Secret | undefined,
  { newKey, restore }: RenewalOptions,
): boolean | undefined {
  if (!server || !key) return undefined;
  try {
    return certificates.matches(server.pem, key);
  } catch (error) {
    if (newKey || restore) return false;
    const { code, summary, found, nextSteps } = asFailure(error);
    if (code !== 'file-malformed') throw error;
    throw new Failure(code, `data/tls.key cannot be kept: ${summary}`, {
      ...(found === undefined ? {} : { found }),
      nextSteps: ['Make a new key: --new-key', ...nextSteps],
      cause: error,
    });
  }
}

/** Without the image nothing of the containers' user can be read or written (design 4). */
function unreadable(image: string): Failure {
  return new Failure('file-unreadable', 'data/tls.key cannot be read yet.', {
    found: 'a file that only the containers’ user can read, and no image to read it through',
    nextSteps: [`docker pull ${image}`, 'Then run the same command again.'],
  });
}

async function findPair(
  ports: InstallPorts,
  { answers, deployment, options }: RenewalRequest,
): Promise<FoundPair> {
  const { needsImage } = ports.ownedFiles;
  const readable = !needsImage || (await ports.engine.image(answers.images.proxy)) !== undefined;
  if (!readable) throw unreadable(answers.images.proxy);
  const serverKey = await observeSecretFile(ports, deployment.serverKey, true);
  const server = await readServer(ports, deployment.serverCertificate);
  const keyMatches = compare(ports, server, serverKey?.content, options);
  return { server, serverKey, keyMatches };
}

/** Why the pair on disk cannot stay, by the same rules as `install`. */
function whyBroken(
  ports: InstallPorts,
  { answers, deployment }: RenewalRequest,
  { server, serverKey, keyMatches }: FoundPair,
  ca: FoundCertificate,
  now: Date,
): string | undefined {
  const situation = {
    ...{ domain: answers.domain, now, ca, offeredCa: undefined },
    ...{ caKeyPath: deployment.caKey, caKeyPresent: true, caKeyElsewhere: false },
    server: server && { ...server, signedByCa: ports.certificates.isSignedBy(server.pem, ca.pem) },
    serverKeyPresent: serverKey !== undefined,
    serverKeyMatches: keyMatches,
  };
  return whyServer(situation, 'keep');
}

async function decideWork(
  ports: InstallPorts,
  request: RenewalRequest,
  pair: FoundPair,
  ca: FoundCertificate,
  archives: readonly ArchivedPair[],
): Promise<RenewalWork> {
  const { answers, deployment, options, clockConfirmed } = request;
  const now = ports.clock.now();
  const { server } = pair;
  if (options.restore) {
    assertCaCurrent(ca, now, clockConfirmed);
    const { from, key } = await pairToRestore(ports, pair, archives);
    const signedByCa = ports.certificates.isSignedBy(from.pem, ca.pem);
    const context = { signedByCa, routes: answers.routes.map(({ name }) => name) };
    assertServerAcceptable(from.facts, ca.facts, answers.domain, now, context);
    return { kind: 'restore', from, key };
  }
  if (server && server.facts.notBefore > now && !clockConfirmed) {
    throw clockWrong(
      `it says ${now.toISOString()}`,
      `a time after ${server.facts.notBefore.toISOString()}, when the certificate was made`,
    );
  }
  const wish = { ...options, days: answers.certificates.days };
  const broken = whyBroken(ports, request, pair, ca, now);
  const decision = decideRenewal(wish, { now, server: server?.facts, ca: ca.facts, broken });
  if (!decision.renew) return { kind: 'keep', because: decision.because };
  assertCaCurrent(ca, now, clockConfirmed);
  const key = options.newKey ? undefined : pair.serverKey?.content;
  const caKey = await signingKey(ports, answers, deployment, ca);
  return { kind: 'make', why: decision.why, caKey, key };
}

/** The folder of a stack made by hand may be anybody's: told before anything is begun. */
async function assertReplaceable({ files }: InstallPorts, dataDir: string): Promise<void> {
  await files.assertWritable(dataDir).catch((error: unknown) => {
    const { code, summary, found } = asFailure(error);
    throw new Failure(code, summary, {
      ...(found === undefined ? {} : { found }),
      expected: 'a folder in which this user may replace the certificate',
      nextSteps: [`ls -ld ${dataDir}`, 'Run the same command as its owner, or as root: sudo …'],
      cause: error,
    });
  });
}

/**
 * Reads the pair, the CA and the archives, and decides what to do; changes nothing.
 * @throws Failure if a renewal is due, or a restoration asked for, that cannot be done;
 * `ca-rotation-unfinished`.
 */
export async function observeRenewal(
  ports: InstallPorts,
  request: RenewalRequest,
): Promise<RenewalWorld> {
  const { deployment } = request;
  await assertNotHalfSwapped(ports, deployment);
  const everyone = await ports.engine.containers({});
  const env = await ports.files.readText(deployment.envFile);
  const named = namedProject(deployment, env);
  const project = chooseProject(deployment.dir, everyone, named);
  const pair = await findPair(ports, request);
  const ca = await registeredCa(ports, deployment);
  const archives = await archivedPairs(ports, deployment);
  const work = await decideWork(ports, request, pair, ca, archives);
  if (work.kind !== 'keep') await assertReplaceable(ports, deployment.dataDir);
  return {
    deployment,
    stateFolder: await ports.files.stat(deployment.stateDir),
    now: ports.clock.now(),
    compose: await ports.compose.info(),
    project,
    containers: everyone.filter(
      (each) => each.project === project.name && each.workingDir === deployment.dir && !each.oneOff,
    ),
    ca,
    server: pair.server,
    serverKey: pair.serverKey,
    pairUsable: pair.keyMatches === true,
    archived: archives[0],
    work,
  };
}
