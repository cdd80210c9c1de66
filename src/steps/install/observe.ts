import type { Deployment } from '../../domain/deployment.ts';
import { chooseProject, namedProject } from '../../domain/project-name.ts';
import { Secret } from '../../domain/secret.ts';
import { readApplied } from '../applied-files.ts';
import { assertPlainFile, type ObservedFile } from '../planned-file.ts';
import { assertNotHalfSwapped } from '../rotate-ca/next-ca-on-disk.ts';
import type { InstallAnswers } from './answers.ts';
import { namedFile, observeCertificates } from './observe-certificates.ts';
import { observeTokens } from './observe-token.ts';
import type { InstallPorts } from './ports.ts';
import type { DeployedWorld, InstallWorld, ObservedSecretFile } from './world.ts';

/** Files of ours that are read as text; secrets are not among them. */
function textFiles(deployment: Deployment): readonly string[] {
  return [
    deployment.composeFile,
    ...deployment.overrides,
    deployment.envFile,
    deployment.gitignore,
    deployment.proxyConfig,
    deployment.serverExtensions,
    deployment.sampleServer,
    deployment.answers,
    deployment.upstreamCa,
    deployment.caCertificate,
    deployment.serverCertificate,
  ];
}

async function observeFile(ports: InstallPorts, path: string): Promise<ObservedFile> {
  const stat = await ports.files.stat(path);
  assertPlainFile(path, stat);
  return { stat, text: stat && (await ports.files.readText(path)) };
}

/** A file of the containers’ user; its content only where it can be read. */
export async function observeSecretFile(
  ports: InstallPorts,
  path: string,
  readable: boolean,
): Promise<ObservedSecretFile | undefined> {
  const stat = await ports.files.stat(path);
  if (!stat) return undefined;
  assertPlainFile(path, stat);
  if (!readable) return { stat, owner: undefined, content: undefined };
  const owner = await ports.ownedFiles.owner(path);
  const bytes = await ports.ownedFiles.read(path);
  return { stat, owner, content: bytes && new Secret(Buffer.from(bytes).toString('utf8')) };
}

/**
 * Reads this host, the engine and the deployment's directory; changes nothing and judges nothing.
 * @param found how it is laid out now, where it is to become another.
 */
export async function observeDeployed(
  ports: InstallPorts,
  answers: InstallAnswers,
  deployment: Deployment,
  found: Deployment = deployment,
): Promise<DeployedWorld> {
  const [engine, compose] = [await ports.engine.info(), await ports.compose.info()];
  const directories = new Map(
    await Promise.all(
      [
        deployment.dir,
        deployment.stateDir,
        deployment.configDir,
        deployment.dataDir,
        deployment.credentialsDir,
      ].map(async (path) => [path, await ports.files.stat(path)] as const),
    ),
  );
  const paths = new Set([...textFiles(deployment), ...textFiles(found)]);
  const files = new Map(
    await Promise.all(
      [...paths].map(async (path) => [path, await observeFile(ports, path)] as const),
    ),
  );
  const refs = [
    answers.images.proxy,
    answers.images.cloudflared,
    ...(answers.sampleServer ? [answers.images.sample] : []),
  ];
  const images = new Map(
    await Promise.all(refs.map(async (ref) => [ref, await ports.engine.image(ref)] as const)),
  );
  const readable = images.get(answers.images.proxy) !== undefined || !ports.ownedFiles.needsImage;
  const everyone = await ports.engine.containers({});
  const project = chooseProject(
    deployment.dir,
    everyone,
    namedProject(found, files.get(deployment.envFile)?.text),
  );
  const serverKey = await observeSecretFile(ports, deployment.serverKey, readable);
  const token = await observeSecretFile(ports, deployment.tunnelToken, readable);
  const tokenElsewhere =
    found.tunnelToken === deployment.tunnelToken
      ? undefined
      : await observeSecretFile(ports, found.tunnelToken, readable);
  const containers = everyone.filter(
    (container) =>
      container.project === project.name &&
      container.workingDir === deployment.dir &&
      !container.oneOff,
  );
  const tokens = await observeTokens(ports, found, {
    ...{ files, containers, token: tokenElsewhere ?? token },
    known: directories.get(deployment.stateDir) !== undefined,
  });
  return {
    deployment,
    found,
    now: ports.clock.now(),
    engine,
    compose,
    project,
    directories,
    files,
    images,
    token,
    ...tokens,
    serverKey,
    upstreamCa: await namedFile(ports, answers.upstream.caFile, '--upstream-ca'),
    containers,
    applied: await readApplied(ports.files, deployment),
  };
}

/**
 * The same with CA and server certificate, and what must be made of them.
 * @throws Failure of `observeCertificates`; `ca-rotation-unfinished`.
 */
export async function observeInstall(
  ports: InstallPorts,
  answers: InstallAnswers,
  deployment: Deployment,
  found: Deployment = deployment,
): Promise<InstallWorld> {
  await assertNotHalfSwapped(ports, deployment);
  const world = await observeDeployed(ports, answers, deployment, found);
  const textOf = (path: string) => world.files.get(path)?.text;
  const certificates = await observeCertificates(
    ports,
    answers,
    deployment,
    textOf(deployment.caCertificate),
    textOf(deployment.serverCertificate),
    world.serverKey,
  );
  return { ...world, ...certificates };
}
