import { formatMode } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import { formatFingerprint } from '../../domain/fingerprint.ts';
import { observeNextCa } from './next-ca-on-disk.ts';
import { does, type RotationContext, type RotationStep } from './world.ts';

const mode = 0o600;

/** The new CA as it is on disk now. @throws Failure `ca-certificate-missing`. */
export async function newCaOnDisk({ ports, world }: Pick<RotationContext, 'ports' | 'world'>) {
  const { ca, place, ...rest } = await observeNextCa(ports, world.deployment);
  if (ca) return { ...rest, place, ca };
  throw new Failure('ca-certificate-missing', 'The new CA’s certificate is gone.', {
    found: `nothing at ${place.caCertificate}`,
    nextSteps: ['Run the same command again.'],
  });
}

/** What is said wherever the new CA turns out not to be registered, or the Console has no room for it. */
export function notRegistered(about: {
  readonly summary: string;
  readonly found: string;
  readonly fingerprint: string;
  readonly current: string | undefined;
  readonly nextSteps: readonly string[];
}): Failure {
  const { summary, found, fingerprint, current, nextSteps } = about;
  const keep =
    current === undefined
      ? 'Revoke one that is no longer used'
      : `Revoke the one that is not ${formatFingerprint(current)} (that is in use)`;
  return new Failure('ca-not-registered', summary, {
    found,
    expected: `the new CA among the tunnel’s certificates: ${formatFingerprint(fingerprint)}`,
    nextSteps: [
      'Console > Manage > MCP tunnels > the tunnel > Certificates: is it there, and not revoked?',
      `A tunnel has two places. If both are taken: ${keep}, then Add certificate.`,
      ...nextSteps,
    ],
  });
}

/** Lets whoever registers by himself do it. @throws Failure `ca-not-registered`. */
async function register(context: RotationContext, pem: string, fingerprint: string): Promise<void> {
  const { ports, answers, world } = context;
  const { registrar } = ports;
  if (!registrar || (await registrar.register(answers.domain, pem))) return;
  const active = await registrar.active(answers.domain);
  throw notRegistered({
    summary: `The ${registrar.name} does not take the new CA.`,
    found: `registered on the tunnel: ${active.map(formatFingerprint).join(', ') || 'none'}`,
    fingerprint,
    current: world.ca?.facts.fingerprint,
    nextSteps: ['Then run the same command again.'],
  });
}

/** A person's word that the new CA is registered, kept on disk: a run days later needs it no more. */
export const registration: RotationStep = {
  id: 'registration',
  title: 'Registration of the new CA',
  plan(_answers, world) {
    if (!does(world, 'register')) return [];
    const { place } = world.next;
    const by = world.registrar === undefined ? 'your word' : `done by the ${world.registrar}`;
    return [
      {
        action: 'create',
        what: `.mcp-tunnel/next-ca/registered, that the new CA is registered (${by})`,
        path: place.registered,
        mode: formatMode(mode),
        undoable: false,
      },
    ];
  },
  async run(context) {
    const { ports, emit } = context;
    const { ca, place } = await newCaOnDisk(context);
    const { fingerprint } = ca.facts;
    await register(context, ca.pem, fingerprint);
    await ports.files.write(place.registered, `${fingerprint}\n`, mode);
    emit({ type: 'file.written', path: place.registered, mode: formatMode(mode) });
  },
};
