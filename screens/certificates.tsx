import { useState } from 'react';
import { pageLines } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import {
  CertificateSettings,
  certificateSettingsRows,
} from './certificates/certificate-settings.tsx';
import { roomIn } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';
import {
  type CertificateField,
  certificatesDecision,
  certificatesText,
  settingsOf,
  settingsText,
} from './texts/certificates-text.ts';
import type { CertificateForm, Shell } from './views.ts';

export interface CertificatesProps {
  readonly shell: Shell;
  readonly form: CertificateForm;
  readonly dir: string;
  readonly domain: string;
  readonly onChange: (field: CertificateField, value: string) => void;
  /** Called only when no setting has a problem. */
  readonly onContinue: () => void;
  readonly onBack: () => void;
}

/** A setting that is open. */
interface Editing {
  readonly field: CertificateField;
  readonly submitted: boolean;
}

/** What will be made to secure the tunnel; the defaults are one key away, the settings another. */
export function Certificates(props: CertificatesProps) {
  const { shell, form, dir, domain, onChange, onContinue, onBack } = props;
  const [editing, setEditing] = useState<Editing>();
  const fields = settingsOf(form);
  const open = (field: CertificateField | undefined, submitted = false) =>
    setEditing(field && { field, submitted });
  const firstBroken = fields.find((field) => form.problems[field] !== undefined);

  if (editing === undefined) {
    const decision = pageLines(certificatesDecision(form, dir), roomIn(shell).columns);
    return (
      <Page
        shell={shell}
        blocks={certificatesText(form, domain)}
        hints={[
          { action: 'continue', label: form.existingCa ? 'go on' : 'make the CA' },
          { action: 'edit', label: 'settings' },
          { action: 'back', label: 'back' },
        ]}
        handlers={{
          continue: () => (firstBroken ? open(firstBroken, true) : onContinue()),
          edit: () => open('keyType'),
          back: onBack,
        }}
        childRows={decision.length}
        arrowsScroll
      >
        <StyledLines lines={decision} />
      </Page>
    );
  }

  const { field } = editing;
  const place = fields.indexOf(field);
  const leave = () => {
    if (place < fields.length - 1) open(fields[place + 1]);
    else open(firstBroken, true);
  };
  const settings = {
    form,
    active: field,
    submitted: editing.submitted,
    width: roomIn(shell).columns,
    onChange,
    onKeyType: (value: string) => {
      onChange('keyType', value);
      open('days');
    },
  };
  const move = (by: number) => open(fields[(place + by + fields.length) % fields.length]);
  return (
    <Page
      shell={shell}
      blocks={settingsText(form)}
      hints={[
        { action: 'continue', label: place < fields.length - 1 ? 'next' : 'done' },
        { action: 'nextField', label: 'other setting' },
        { action: 'back', label: 'close' },
      ]}
      handlers={{
        back: () => open(undefined),
        nextField: () => move(1),
        previousField: () => move(-1),
        ...(field === 'keyType'
          ? {}
          : {
              continue: () => (form.problems[field] === undefined ? leave() : open(field, true)),
              up: () => move(-1),
              down: () => move(1),
            }),
      }}
      childRows={certificateSettingsRows(settings)}
    >
      <CertificateSettings {...settings} />
    </Page>
  );
}
