/** Image references by the role they play; each can be replaced with `--image ROLE=REF`. */
export interface Images {
  readonly proxy: string;
  readonly cloudflared: string;
  readonly sample: string;
}

/**
 * Pins of the vendor's guide, newest seen 2026-09-26 (facts 4.4). No digest of python:3.13-slim is
 * known, so its tag stays and the digest that the pull resolved is reported.
 */
export const defaultImages: Images = {
  proxy:
    'us-docker.pkg.dev/anthropic-public-registry/images/mcp-proxy@sha256:efb27b299d627e4134815663cb8896641eeaee025d734c0f695582b4df38f013',
  cloudflared:
    'cloudflare/cloudflared@sha256:6b599ca3e974349ead3286d178da61d291961182ec3fe9c505e1dd02c8ac31b0',
  sample: 'python:3.13-slim',
};

/** A reference short enough for a line: registry and path cut to the last part, digest to 12 digits. */
export function shortRef(ref: string): string {
  const [name = ref, digest] = ref.split('@');
  const short = name.split('/').at(-1) ?? name;
  return digest ? `${short}@${digest.slice(0, 'sha256:'.length + 12)}` : short;
}
