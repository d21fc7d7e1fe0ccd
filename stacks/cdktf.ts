/** Everything in use from CDK for Terraform. Moving to its maintained fork changes only this file and aws.ts: docs/decisions.md. */
export {
  Annotations,
  App,
  Aspects,
  DataResource,
  DefaultTokenResolver,
  Fn,
  type ITerraformDependable,
  S3Backend,
  StringConcat,
  TerraformAsset,
  TerraformElement,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  Tokenization,
} from 'cdktf';
export { Construct, type IConstruct } from 'constructs';

/** Escapes a text for Terraform: CDKTF passes `${` and `%{` on, and Terraform would interpolate them. */
export const escapeTemplate = (text: string) => text.replace(/[$%](?=\{)/g, '$&$&');
