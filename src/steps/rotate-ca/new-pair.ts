import { assertServerAcceptable } from '../../domain/certificate-rules.ts';
import { type Change, formatMode } from '../../domain/change.ts';
import { secretMode, secretOwner } from '../install/server-certificate.ts';
import { openNewKey } from './new-key.ts';
import type { CaRotationOptions } from './options.ts';
import { newCaOnDisk } from './registration.ts';
import { does, type RotationContext, type RotationStep } from './world.ts';

const certificateMode = 0o600;

async function issue(context: RotationContext, options: CaRotationOptions): Promise<void> {
  const { answers, world, ports, emit } = context;
  const { certificates, ownedFiles, files, clock } = ports;
  const next = await newCaOnDisk(context);
  const { domain } = answers;
  const now = clock.now();
  const pair = await certificates.issueServer({
    ...{ domain, now, caCertificate: next.ca.pem },
    caKey: world.signingKey ?? (await openNewKey(ports, answers, next)),
    keyType: options.keyType ?? answers.certificates.keyType,
    days: options.days ?? answers.certificates.days,
  });
  assertServerAcceptable(certificates.read(pair.certificate), next.ca.facts, domain, now, {
    signedByCa: certificates.isSignedBy(pair.certificate, next.ca.pem),
    routes: answers.routes.map(({ name }) => name),
  });
  const { serverKey, serverCertificate } = next.place;
  await ownedFiles.write(serverKey, Buffer.from(pair.key.reveal()), secretOwner, secretMode);
  const owner = String(secretOwner.uid);
  emit({ type: 'file.written', path: serverKey, mode: formatMode(secretMode), owner });
  await files.write(serverCertificate, pair.certificate, certificateMode);
  emit({ type: 'file.written', path: serverCertificate, mode: formatMode(certificateMode) });
}

/** A server pair that the new CA has signed, key and all, judged by facts 4.5 before it goes anywhere. */
export function newPair(options: CaRotationOptions): RotationStep {
  return {
    id: 'new-pair',
    title: 'Server certificate of the new CA',
    plan(answers, world): readonly Change[] {
      if (!does(world, 'swap')) return [];
      const { place } = world.next;
      const keyType = options.keyType ?? answers.certificates.keyType;
      const days = options.days ?? answers.certificates.days;
      const action = world.pairReady ? 'keep' : 'create';
      return [
        {
          action,
          what: '.mcp-tunnel/next-ca/tls.key, private key of the new server certificate',
          path: place.serverKey,
          mode: formatMode(secretMode),
          owner: String(secretOwner.uid),
          undoable: false,
        },
        {
          action,
          what: `.mcp-tunnel/next-ca/tls.crt, server certificate for *.${answers.domain}${world.pairReady ? '' : ` (${keyType}, ${days} days)`}`,
          path: place.serverCertificate,
          mode: formatMode(certificateMode),
          undoable: false,
        },
      ];
    },
    run: (context) => issue(context, options),
  };
}
