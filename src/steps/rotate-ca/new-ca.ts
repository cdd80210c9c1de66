import { relative } from 'node:path';
import { assertCaAcceptable } from '../../domain/certificate-rules.ts';
import { type Change, formatMode } from '../../domain/change.ts';
import { openKeyText } from './new-key.ts';
import type { CaRotationOptions } from './options.ts';
import { does, type RotationContext, type RotationStep, type RotationWorld } from './world.ts';

const keyMode = 0o600;
const certificateMode = 0o644;

/** Told apart from the old one in the Console, and by whoever looks for an issuer by its name. */
function commonName(now: Date): string {
  return `mcp-tunnel-ca ${now.toISOString().slice(0, 10)}`;
}

function nameOf(world: RotationWorld, path: string): string {
  const name = relative(world.deployment.dir, path);
  return name.startsWith('..') ? path : name;
}

/** The key first: a run that was killed goes on with the key it left, and no CA is made twice. */
async function make(context: RotationContext, options: CaRotationOptions): Promise<void> {
  const { answers, world, ports, emit } = context;
  const { files, certificates, clock } = ports;
  const { place, keyThere } = world.next;
  const { path, elsewhere } = world.newKey;
  const { caPassphrase } = answers.certificates;
  await files.makeDirectory(place.dir, 0o700);
  await files.setMode(place.dir, 0o700);
  if (elsewhere) await files.write(place.keyPlace, `${path}\n`, keyMode);
  const left = keyThere ? await files.readText(path) : undefined;
  const key = left === undefined ? undefined : openKeyText(ports, answers, path, left);
  const now = clock.now();
  const pair = await certificates.issueCa({
    commonName: commonName(now),
    keyType: options.keyType ?? answers.certificates.keyType,
    days: options.caDays ?? answers.certificates.caDays,
    now,
    ...(key ? { key } : {}),
  });
  assertCaAcceptable(certificates.read(pair.certificate), now);
  if (!key) {
    const locked = elsewhere && caPassphrase;
    const text = locked ? certificates.encryptKey(pair.key, caPassphrase) : pair.key;
    await files.write(path, text.reveal(), keyMode);
    emit({ type: 'file.written', path, mode: formatMode(keyMode) });
  }
  await files.write(place.caCertificate, pair.certificate, certificateMode);
  emit({ type: 'file.written', path: place.caCertificate, mode: formatMode(certificateMode) });
}

/** The new CA, beside the old one: nothing that runs knows of it. */
export function newCa(options: CaRotationOptions): RotationStep {
  return {
    id: 'new-ca',
    title: 'New CA',
    plan(answers, world): readonly Change[] {
      if (!does(world, 'make')) return [];
      const { place, keyThere } = world.next;
      const { path, elsewhere } = world.newKey;
      const keyType = options.keyType ?? answers.certificates.keyType;
      const days = options.caDays ?? answers.certificates.caDays;
      const encrypted = elsewhere && answers.certificates.caPassphrase ? ', encrypted' : '';
      return [
        {
          action: keyThere ? 'keep' : 'create',
          what: `${nameOf(world, path)}, private key of the new CA${encrypted}`,
          path,
          mode: formatMode(keyMode),
          ...(keyThere
            ? { why: 'left by a run that was stopped' }
            : { why: 'no container can read it' }),
          undoable: false,
        },
        {
          action: 'create',
          what: `${nameOf(world, place.caCertificate)}, certificate of the new CA (${keyType}, ${days} days)`,
          path: place.caCertificate,
          mode: formatMode(certificateMode),
          undoable: false,
        },
      ];
    },
    run: (context) => make(context, options),
  };
}
