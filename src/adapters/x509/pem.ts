/** A block of RFC 7468, with the old headers of RFC 1421 if it has any. */
export interface PemBlock {
  readonly label: string;
  /** `Proc-Type` and `DEK-Info` of traditional encrypted keys; empty otherwise. */
  readonly headers: string;
  /** Undefined if what is between the lines is not base64. */
  readonly der: Buffer | undefined;
  /** The block itself, without what stands around it. */
  readonly text: string;
}

/** Nothing that is one certificate or one key is larger; keeps garbage from costing time. Bytes. */
export const maxPemBytes = 256 * 1024;

const begin = /^-----BEGIN ([A-Z0-9 ]{1,40})-----[ \t]*$/;
const header = /^[A-Za-z][A-Za-z0-9-]*:/;

function decode(lines: readonly string[]): Buffer | undefined {
  const base64 = lines.join('').replace(/[ \t]/g, '');
  const der = Buffer.from(base64, 'base64');
  // Buffer.from skips what it does not know: only a round trip tells.
  return base64 !== '' && der.toString('base64') === base64 ? der : undefined;
}

/** Every complete block in the text, in order; text around blocks is ignored, as openssl does. */
export function pemBlocks(text: string): readonly PemBlock[] {
  if (text.length > maxPemBytes) return [];
  const lines = text.split(/\r?\n/);
  const blocks: PemBlock[] = [];
  for (let start = 0; start < lines.length; start++) {
    const label = begin.exec(lines[start] ?? '')?.[1];
    if (label === undefined) continue;
    let end = start + 1;
    while (end < lines.length && !lines[end]?.startsWith('-----')) end++;
    if (lines[end]?.trimEnd() !== `-----END ${label}-----`) continue;
    const body = lines.slice(start + 1, end);
    const blank = header.test(body[0] ?? '') ? body.indexOf('') : -1;
    blocks.push({
      label,
      headers: body.slice(0, Math.max(blank, 0)).join('\n'),
      der: decode(body.slice(blank + 1)),
      text: `${lines
        .slice(start, end + 1)
        .map((line) => line.trimEnd())
        .join('\n')}\n`,
    });
    start = end;
  }
  return blocks;
}

/** One block as RFC 7468 writes it: lines of 64 characters, final newline. */
export function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

const labels: Readonly<Record<string, string>> = {
  CERTIFICATE: 'a certificate',
  'TRUSTED CERTIFICATE': 'an OpenSSL “trusted” certificate',
  'CERTIFICATE REQUEST': 'a certificate request',
  'PUBLIC KEY': 'a public key',
  'RSA PUBLIC KEY': 'a public key',
  'PRIVATE KEY': 'a private key',
  'RSA PRIVATE KEY': 'a private key',
  'EC PRIVATE KEY': 'a private key',
  'ENCRYPTED PRIVATE KEY': 'an encrypted private key',
  'OPENSSH PRIVATE KEY': 'an OpenSSH private key',
  'EC PARAMETERS': 'EC parameters',
};

/** What the blocks are, in words of ours: never text of the input, which may be a secret. */
export function describeBlocks(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return 'no PEM block';
  return blocks
    .map(({ label }) => labels[label] ?? 'another kind of PEM block')
    .slice(0, 5)
    .join(', ');
}
