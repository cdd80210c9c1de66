import { planComposeFile } from '../../src/domain/compose-file.ts';
import { defaultImages } from '../../src/domain/images.ts';

/** The Compose file an installation writes. */
export function renderComposeFile(): string {
  return planComposeFile(undefined, {
    images: defaultImages,
    sampleServer: true,
    tokenIn: 'file',
    selinux: false,
    toolVersion: '0.0.0-test',
  }).text;
}
