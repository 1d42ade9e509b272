/** Where the sandbox's identity provider is, and what it knows the relay as. The realm follows eHealth IAM Connect. */
const IAM_PATH = '/sandbox/iam'
export const REALM_PATH = `${IAM_PATH}/realms/healthcare`
export const LOGIN_PATH = `${IAM_PATH}/login`
export const SANDBOX_CLIENT_ID = 'pli-relay'
