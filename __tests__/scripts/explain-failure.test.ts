import { explainFailure } from '../../scripts/deploy/explain-failure';

/** The output of Terraform 1.11, and of cdktf, which prints the stack's name and a frame before each line. */
const LOCKED = `
search  ╷
        │ Error: Error acquiring the state lock
        │
        │ Error message: operation error S3: PutObject, https response error
        │ StatusCode: 412, RequestID: KWxtSKyF, HostID: 9Gjjt1m,
        │ api error PreconditionFailed: At least one of the pre-conditions you
        │ specified did not hold
        │ Lock Info:
        │   ID:        9fdb0b2a-1d9b-2a8e-1a69-6d9fcbdd9b5e
        │   Path:      state-bucket/a/search.tfstate
        │   Operation: OperationTypeApply
        │   Who:       runner@build-7
        │   Version:   1.11.4
        │   Created:   2026-11-24 03:00:00 +0000 UTC
        ╵
`;

describe('explainFailure', () => {
  it('says who holds the lock, since when, and how to break it', () => {
    const error = explainFailure('cdktf deploy', { exitCode: 1, said: LOCKED, interrupted: false });

    expect(error.code).toBe('STATE_LOCKED');
    expect(error.message).toContain('(runner@build-7, since 2026-11-24 03:00:00 +0000 UTC)');
    expect(error.hint).toContain('terraform force-unlock 9fdb0b2a-1d9b-2a8e-1a69-6d9fcbdd9b5e');
  });

  it('does not blame a lock that could not be requested', () => {
    const said =
      'Error: Error acquiring the state lock\n\nError message: operation error S3: PutObject: AccessDenied\n';

    expect(explainFailure('cdktf deploy', { exitCode: 1, said, interrupted: false }).code).toBe('DEPLOY_FAILED');
  });

  it('recognizes a session that expired during the run', () => {
    const said = 'Error: creating Lambda Function: api error ExpiredTokenException: The security token is expired\n';

    expect(explainFailure('cdktf deploy', { exitCode: 1, said, interrupted: false }).code).toBe('SESSION_EXPIRED');
  });

  it('says how to lift a protection', () => {
    const said = 'Error: Instance cannot be destroyed\n\n  on cdk.tf.json line 52, in resource.aws_s3_bucket.backup:\n';

    const { code, hint } = explainFailure('terraform plan of delivery', { exitCode: 1, said, interrupted: false });

    expect(code).toBe('PROTECTED');
    expect(hint).toContain('CLICKSTREAMY_PROTECT=false');
  });

  it('otherwise repeats the first error', () => {
    const said = 'delivery  │ Error: creating S3 Bucket: BucketAlreadyExists\ndelivery  │ Error: something else\n';

    const { code, message } = explainFailure('cdktf deploy', { exitCode: 1, said, interrupted: false });

    expect(code).toBe('DEPLOY_FAILED');
    expect(message).toContain('cdktf deploy failed (exit code 1): creating S3 Bucket: BucketAlreadyExists');
  });
});
