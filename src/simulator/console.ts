import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { isRecord } from '../domain/plain-data.ts';
import { Secret } from '../domain/secret.ts';
import type { EdgeTunnel, TunnelDirectory } from './edge/tunnel-directory.ts';
import { readJson, writeJson } from './json-file.ts';
import type { Workspaces } from './messages/workspaces.ts';

/** Limits of facts 2. */
const maxTunnels = 10;
const maxCertificates = 2;
const maxPemBytes = 8192;

/** The Console said no. The message is what it shows. */
export class ConsoleRefusal extends Error {
  override readonly name = 'ConsoleRefusal';
}

export interface ConsoleCertificate {
  readonly id: string;
  readonly pem: string;
  /** Lower-case hex SHA-256 of the DER. */
  readonly fingerprint: string;
  readonly expiresAt: string;
  readonly revoked: boolean;
}

/** A tunnel as the Console shows it (facts 4.7). */
export interface ConsoleTunnel {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly status: 'Needs certificate' | 'Active' | 'Archived';
  readonly certificates: readonly ConsoleCertificate[];
}

interface StoredTunnel {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly uuid: string;
  readonly secret: string;
  readonly archived: boolean;
  readonly certificates: readonly ConsoleCertificate[];
  /** Absent: the default workspace. */
  readonly workspace?: string;
}

interface StoredKey {
  readonly key: string;
  readonly workspace: string;
}

interface Stored {
  readonly account: string;
  readonly tunnels: readonly StoredTunnel[];
  readonly apiKeys?: readonly StoredKey[];
}

const defaultWorkspace = 'default';

export interface ConsoleOptions {
  /** Where the state is kept; in memory only without. */
  readonly file?: string;
  /** `host:port` of the edge, put into tokens as `e` (assumed, design 7). */
  readonly edge: string;
  /** Ends a tunnel's connections: the edge's part of archiving. */
  readonly onArchived?: (tunnelUuid: string) => void;
}

/** The vendor's Console for manual mode: what a person clicks there (facts 4.7), with its refusals. */
export class Console implements TunnelDirectory, Workspaces {
  readonly #options: ConsoleOptions;
  #state: Stored;

  /** @throws Error if the state file is not one of ours. */
  constructor(options: ConsoleOptions) {
    this.#options = options;
    const found = options.file === undefined ? undefined : readJson(options.file);
    if (found !== undefined && !isStored(found))
      throw new Error(`${options.file} holds no state of the rehearsal's Console`);
    this.#state = found ?? { account: randomBytes(16).toString('hex'), tunnels: [] };
  }

  /** New tunnel in the workspace that is chosen. @throws ConsoleRefusal without a name, or at ten tunnels. */
  newTunnel(name: string, workspace = defaultWorkspace): ConsoleTunnel {
    if (name.trim() === '' || name.length > 255)
      throw new ConsoleRefusal('Name is required (1 to 255 characters)');
    if (this.#state.tunnels.filter(({ archived }) => !archived).length >= maxTunnels) {
      throw new ConsoleRefusal('Organization already has the maximum of 10 non-archived Tunnels');
    }
    const tunnel: StoredTunnel = {
      id: `tnl_${randomBytes(12).toString('hex')}`,
      name,
      domain: `${randomBytes(4).toString('hex')}.tunnel.anthropic.com`,
      uuid: randomUUID(),
      secret: newSecret(),
      archived: false,
      certificates: [],
      ...(workspace === defaultWorkspace ? {} : { workspace }),
    };
    this.#save([...this.#state.tunnels, tunnel]);
    return shown(tunnel);
  }

  /** Every tunnel, archived ones included, newest first. */
  list(): readonly ConsoleTunnel[] {
    return this.#state.tunnels.map(shown).reverse();
  }

  /** The tunnel of a domain. */
  find(domain: string): ConsoleTunnel | undefined {
    return this.list().find((tunnel) => tunnel.domain === domain);
  }

  /** The eye icon: the same token until it is rotated. */
  revealToken(id: string): Secret {
    return this.#token(this.#get(id));
  }

  /** Rotate token: the old one registers no new connection; open ones stay (facts 9 row 13). */
  rotateToken(id: string): Secret {
    return this.#token(this.#change(id, (tunnel) => ({ ...tunnel, secret: newSecret() })));
  }

  /** Add certificate. @throws ConsoleRefusal for what the form refuses. */
  addCertificate(id: string, pem: string): ConsoleCertificate {
    const certificate = readCertificate(pem);
    this.#change(id, (tunnel) => {
      const active = tunnel.certificates.filter(({ revoked }) => !revoked);
      if (active.some(({ fingerprint }) => fingerprint === certificate.fingerprint)) {
        throw new ConsoleRefusal('This certificate is already registered on the tunnel');
      }
      if (active.length >= maxCertificates) {
        throw new ConsoleRefusal(
          'A tunnel can have at most 2 active certificates; revoke one first',
        );
      }
      return { ...tunnel, certificates: [...tunnel.certificates, certificate] };
    });
    return certificate;
  }

  /** Revoke; the last one too: traffic then stops (facts 2). */
  revokeCertificate(id: string, certificateId: string): void {
    this.#change(id, (tunnel) => {
      if (!tunnel.certificates.some((each) => each.id === certificateId))
        throw new ConsoleRefusal('Certificate not found');
      return {
        ...tunnel,
        certificates: tunnel.certificates.map((each) =>
          each.id === certificateId ? { ...each, revoked: true } : each,
        ),
      };
    });
  }

  /** Archive: irreversible; repeating it is harmless. */
  archive(id: string): void {
    const stored = this.#find(id);
    if (stored.archived) return;
    const { uuid } = this.#change(id, (tunnel) => ({
      ...tunnel,
      archived: true,
      certificates: tunnel.certificates.map((each) => ({ ...each, revoked: true })),
    }));
    this.#options.onArchived?.(uuid);
  }

  tunnels(): readonly EdgeTunnel[] {
    const { account } = this.#state;
    return this.#state.tunnels.map(({ uuid, secret, domain, archived, certificates }) => ({
      ...{ tunnel: uuid, account, secret, domain, archived },
      certificates: certificates.filter(({ revoked }) => !revoked).map(({ pem }) => pem),
    }));
  }

  /** Settings > API keys: one for each workspace, made when it is first asked for. */
  apiKey(workspace = defaultWorkspace): Secret {
    const { apiKeys = [] } = this.#state;
    const found = apiKeys.find((each) => each.workspace === workspace);
    const key = found?.key ?? `sk-ant-api03-${randomBytes(70).toString('base64url')}AA`;
    if (!found) this.#keep({ ...this.#state, apiKeys: [...apiKeys, { key, workspace }] });
    return new Secret(key);
  }

  workspaceOfKey(key: string): string | undefined {
    return this.#state.apiKeys?.find((each) => each.key === key)?.workspace;
  }

  workspaceOfHost(host: string): string | undefined {
    const name = host.toLowerCase();
    const found = this.#state.tunnels.find(
      ({ domain, archived }) => !archived && name.endsWith(`.${domain}`),
    );
    return found && (found.workspace ?? defaultWorkspace);
  }

  #token({ secret: s, uuid: t }: StoredTunnel): Secret {
    const content = { a: this.#state.account, s, t, e: this.#options.edge };
    return new Secret(Buffer.from(JSON.stringify(content)).toString('base64'));
  }

  #find(id: string): StoredTunnel {
    const found = this.#state.tunnels.find((tunnel) => tunnel.id === id);
    if (!found) throw new ConsoleRefusal('Tunnel not found');
    return found;
  }

  #get(id: string): StoredTunnel {
    const found = this.#find(id);
    if (found.archived) throw new ConsoleRefusal('This tunnel is archived');
    return found;
  }

  #change(id: string, change: (tunnel: StoredTunnel) => StoredTunnel): StoredTunnel {
    const changed = change(this.#get(id));
    this.#save(this.#state.tunnels.map((tunnel) => (tunnel.id === id ? changed : tunnel)));
    return changed;
  }

  #save(tunnels: readonly StoredTunnel[]): void {
    this.#keep({ ...this.#state, tunnels });
  }

  #keep(state: Stored): void {
    this.#state = state;
    if (this.#options.file !== undefined) writeJson(this.#options.file, this.#state);
  }
}

function shown({ id, name, domain, archived, certificates }: StoredTunnel): ConsoleTunnel {
  const active = certificates.some(({ revoked }) => !revoked);
  return {
    id,
    name,
    domain,
    certificates,
    status: archived ? 'Archived' : active ? 'Active' : 'Needs certificate',
  };
}

/** One certificate, at most 8 kB, no private key (facts 4.7). The rules of facts 4.5 are the edge's business. */
function readCertificate(pem: string): ConsoleCertificate {
  if (Buffer.byteLength(pem) > maxPemBytes)
    throw new ConsoleRefusal('The file is larger than 8 kB');
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new ConsoleRefusal('The file contains a private key; upload the certificate only');
  }
  if ((pem.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length !== 1) {
    throw new ConsoleRefusal('The file must contain exactly one PEM certificate');
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new ConsoleRefusal('The file is not a PEM certificate');
  }
  return {
    id: `tcrt_${randomBytes(12).toString('hex')}`,
    pem: certificate.toString(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    expiresAt: new Date(certificate.validTo).toISOString(),
    revoked: false,
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64');
}

function isStored(value: unknown): value is Stored {
  return (
    isRecord(value) &&
    typeof value['account'] === 'string' &&
    Array.isArray(value['tunnels']) &&
    value['tunnels'].every(
      (tunnel) =>
        isRecord(tunnel) &&
        ['id', 'name', 'domain', 'uuid', 'secret'].every(
          (key) => typeof tunnel[key] === 'string',
        ) &&
        typeof tunnel['archived'] === 'boolean' &&
        Array.isArray(tunnel['certificates']),
    )
  );
}
