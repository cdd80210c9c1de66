import type { Deployment } from '../../domain/deployment.ts';
import type { Places, TokenCopy } from '../../domain/doctor/doctor-observation.ts';
import { readEnvStatements } from '../../domain/env-statements.ts';
import { parsed, problem } from '../../domain/result.ts';
import { Secret } from '../../domain/secret.ts';
import { longestTokenPaste, parseTunnelToken } from '../../domain/tunnel-token.ts';
import type { ContainerDetails, ContainerInfo } from '../../ports/engine.ts';
import type { DoctorPorts } from './ports.ts';

/** Larger files hold no key and no token. */
const largest = 64 * 1024;

/** What checks go by, and the secrets themselves so that nothing repeats them. */
export interface ObservedSecrets {
  readonly tokens: readonly TokenCopy[];
  readonly keyMatches: boolean | undefined;
  readonly envHoldsMore: boolean;
  readonly secrets: readonly Secret[];
}

export interface SecretsRequest {
  readonly deployment: Deployment;
  readonly places: Places;
  readonly containers: readonly ContainerInfo[];
  readonly details: readonly ContainerDetails[];
}

/** Variables of `.env` that are no secret. */
const projectVariables = ['COMPOSE_PROJECT_NAME', 'COMPOSE_FILE', 'COMPOSE_PROFILES'];
/** Of other variables' values, those whose name says so or that are too long for a word. */
const secretName = /token|secret|pass|pwd|key|cred|auth|private|cookie|session|dsn/iu;
const longWord = 16;

/** A secret file: by this user, else as the container of a service has it. Undefined if neither can. */
async function readSecret(
  { files, engine }: DoctorPorts,
  path: string,
  container: ContainerInfo | undefined,
  inContainer: string,
): Promise<Secret | undefined> {
  const stat = await files.stat(path).catch(() => undefined);
  if (stat?.kind !== 'file' || stat.size > largest) return undefined;
  const text = await files.readText(path, largest).catch(() => undefined);
  if (text !== undefined) return new Secret(text);
  if (!container) return undefined;
  const bytes = await engine.file(container.id, inContainer).catch(() => undefined);
  return bytes && new Secret(Buffer.from(bytes).toString('utf8'));
}

/**
 * A token as cloudflared takes it: it trims a file and no variable, skips line breaks, and forgives
 * nothing else (e2e.md 9).
 */
export function tokenAsTaken(text: Secret, place: 'file' | 'variable'): TokenCopy['token'] {
  const given = text.reveal();
  if (given.length > longestTokenPaste) return problem('it is far too long for a token');
  const read = parseTunnelToken(given);
  if (!read.ok) return read;
  const taken = (place === 'file' ? given.trim() : given).replaceAll(/[\r\n]/gu, '');
  const { secret, tunnelId, fingerprint } = read.value;
  if (taken !== secret.reveal())
    return problem(
      'there is more around the token, or it is written otherwise: cloudflared calls that “not valid”',
    );
  return parsed({ tunnelId, fingerprint });
}

/** A word shorter than this is no secret, but one of a command that somebody pasted along. */
const shortestWord = 16;

/** What in a secret file is secret: a key whole, else its long words, and the token in them. */
function piecesOf(secret: Secret): readonly Secret[] {
  const text = secret.reveal();
  if (text.includes('-----BEGIN ')) return [secret];
  const words = text.split(/\s+/u).filter(({ length }) => length >= shortestWord);
  const token = parseTunnelToken(text);
  return [...words.map((word) => new Secret(word)), ...(token.ok ? [token.value.secret] : [])];
}

function variablesOf(text: string | undefined): readonly { name: string; value: string }[] {
  const read = readEnvStatements(text ?? '');
  return read.ok ? read.value : [];
}

function valuesToHide(variables: readonly { name: string; value: string }[]): readonly Secret[] {
  return variables
    .filter(({ name }) => !projectVariables.includes(name))
    .filter(
      ({ name, value }) =>
        secretName.test(name) || (value.length >= longWord && !value.startsWith('/')),
    )
    .map(({ value }) => new Secret(value));
}

/** Values of a container's variables whose name says that they are secret. */
function secretVariables(details: readonly ContainerDetails[]): readonly Secret[] {
  return details.flatMap(({ environment }) =>
    environment.flatMap((each) => {
      const at = each.indexOf('=');
      const value = each.slice(at + 1);
      const hidden = secretName.test(each.slice(0, at)) && !value.startsWith('/');
      return hidden ? [new Secret(value)] : [];
    }),
  );
}

async function keyMatches(
  { files, certificates }: DoctorPorts,
  certificate: string,
  key: Secret | undefined,
): Promise<boolean | undefined> {
  const pem = key && (await files.readText(certificate, largest).catch(() => undefined));
  if (!key || pem === undefined) return undefined;
  try {
    return certificates.matches(pem, key);
  } catch {
    // One of them is no certificate or no key: no proxy starts with that.
    return false;
  }
}

/** Tokens and keys wherever they lie, compared here so that only fingerprints go on from here. */
export async function observeSecrets(
  ports: DoctorPorts,
  { deployment, places, containers, details }: SecretsRequest,
): Promise<ObservedSecrets> {
  const of = (service: string) => containers.find((each) => each.service === service);
  const proxy = of(places.proxyService);
  const { dir, dataDir, envFile, tunnelToken, serverKey, caKey } = deployment;
  const inData = (path: string) => path.replace(dataDir, '/data');
  const setupToken = `${dir}/${places.setupToken}`;
  const [own, setups, key, ca, env] = await Promise.all([
    readSecret(ports, tunnelToken, of('cloudflared'), '/credentials/tunnel-token'),
    readSecret(ports, setupToken, proxy, inData(setupToken)),
    readSecret(ports, serverKey, proxy, inData(serverKey)),
    readSecret(ports, caKey, undefined, ''),
    ports.files.readText(envFile, largest).catch(() => undefined),
  ]);
  const variables = variablesOf(env);
  const inEnv = variables.findLast(({ name, value }) => name === 'TUNNEL_TOKEN' && value !== '');
  const copies: readonly (readonly [string, Secret | undefined, 'file' | 'variable'])[] = [
    [places.token, own, 'file'],
    [places.setupToken, setups, 'file'],
    ['.env', inEnv && new Secret(inEnv.value), 'variable'],
  ];
  return {
    tokens: copies.flatMap(([place, text, kind]) =>
      text ? [{ place, token: tokenAsTaken(text, kind) }] : [],
    ),
    keyMatches: await keyMatches(ports, deployment.serverCertificate, key),
    envHoldsMore: variables.some(({ name }) => !projectVariables.includes(name)),
    secrets: [
      ...[own, setups, key, ca].flatMap((each) => (each ? piecesOf(each) : [])),
      ...valuesToHide(variables),
      ...secretVariables(details),
    ],
  };
}
