import { Label, ProgressBar } from 'react-aria-components';

/** How far something is, in percent. */
export const Progress = ({ label, percent }: { readonly label: string; readonly percent: number }) => (
  <ProgressBar value={percent} className="field">
    {({ valueText }) => (
      <>
        <div className="page-head">
          <Label>{label}</Label>
          <span>{valueText}</span>
        </div>
        <svg className="progress-track" width="100%" height="8" aria-hidden="true">
          <rect className="progress-bar" width={`${String(percent)}%`} height="8" />
        </svg>
      </>
    )}
  </ProgressBar>
);
