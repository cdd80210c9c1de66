/**
 * node-forge's ASN.1 part alone: 5 ms to import, where the whole library takes 30-60 ms in one
 * stretch, which is more than an event loop that draws screens should stand still.
 */
declare module 'node-forge/lib/asn1.js' {
  import { asn1 } from 'node-forge';

  export = asn1;
}
