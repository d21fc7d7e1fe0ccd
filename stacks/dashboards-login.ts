import { partitionOf } from '../config/regions';
import {
  CognitoIdentityPool,
  CognitoIdentityPoolRolesAttachment,
  CognitoUserPool,
  CognitoUserPoolDomain,
  IamRole,
  IamRolePolicyAttachment,
} from './aws';
import { stackOf } from './base-stack';
import { Construct, type ITerraformDependable } from './cdktf';
import { toPolicy, trust } from './policy';

/**
 * Sign-in for the dashboards: a Cognito user pool in which administrators create the users, who need a second factor.
 * Cognito mails each user a first password, so none is in code or state.
 */
export class DashboardsLogin extends Construct {
  readonly userPoolId: string;
  readonly identityPoolId: string;
  /** The role with which the search service manages its part of both pools. */
  readonly serviceRoleArn: string;
  /** The role of people who have signed in; the domain's policy must name it. */
  readonly userRoleArn: string;
  /** Must exist before a domain names the pools and the service's role. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = stackOf(this);
    const { name, region, protect } = stack.settings;
    const partition = partitionOf(region);
    const pool = new CognitoUserPool(this, 'users', {
      name: `${name}-dashboards`,
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      mfaConfiguration: 'ON',
      softwareTokenMfaConfiguration: { enabled: true },
      passwordPolicy: {
        minimumLength: 14,
        requireLowercase: true,
        requireNumbers: true,
        requireSymbols: true,
        requireUppercase: true,
        temporaryPasswordValidityDays: 3,
      },
      deletionProtection: protect ? 'ACTIVE' : 'INACTIVE',
    });
    // The sign-in page's address must be unique in the region, so it contains the account's number.
    const page = new CognitoUserPoolDomain(this, 'sign-in-page', {
      userPoolId: pool.id,
      domain: `${name}-${stack.account}`,
    });
    const identities = new CognitoIdentityPool(this, 'identities', {
      identityPoolName: `${name}-dashboards`,
      allowUnauthenticatedIdentities: false,
    });
    // The search service adds its client when the domain is created.
    identities.lifecycle = { ignoreChanges: ['cognito_identity_providers'] };
    const user = new IamRole(this, 'user', {
      name: `${name}-dashboards-user`,
      assumeRolePolicy: toPolicy({
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'cognito-identity.amazonaws.com:aud': identities.id },
          'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
        },
      }),
    });
    const roles = new CognitoIdentityPoolRolesAttachment(this, 'roles', {
      identityPoolId: identities.id,
      roles: { authenticated: user.arn },
    });
    const service = new IamRole(this, 'service', {
      name: `${name}-dashboards-login`,
      // The service's principals for its older API and for its newer one.
      assumeRolePolicy: trust(['es.amazonaws.com', 'opensearchservice.amazonaws.com']),
    });
    const rights = new IamRolePolicyAttachment(this, 'service-rights', {
      role: service.name,
      policyArn: `arn:${partition}:iam::aws:policy/AmazonOpenSearchServiceCognitoAccess`,
    });
    this.ready = [page, roles, rights];
    this.userPoolId = pool.id;
    this.identityPoolId = identities.id;
    this.serviceRoleArn = service.arn;
    this.userRoleArn = user.arn;
  }
}
