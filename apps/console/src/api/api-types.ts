/** Made from the description of the API by `npm run docs`. */

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leads browsers to the console */
        get: operations["get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contact-centers/{contactCenter}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** For recorders: insert the metadata of a recording */
        post: operations["post-api-contact-centers-contactCenter-recordings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I */
        get: operations["get-api-v2-me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/ops/contact-centers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For operations accounts: the contact centers that there are */
        get: operations["get-api-v2-ops-contact-centers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/ops/contact-centers/{contactCenter}/features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For operations accounts: features of a contact center, which all have */
        get: operations["get-api-v2-ops-contact-centers-contactCenter-features"];
        put?: never;
        /**
         * For operations accounts: assign features, as installations of Web Services do
         * @description They are on already; one that this server does not have is refused by its name.
         */
        post: operations["post-api-v2-ops-contact-centers-contactCenter-features"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/ops/contact-centers/{contactCenter}/mounted-recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * For operations accounts: which archives are mounted, and how many recordings of each
         * @description Looks at some thousand recordings at a time: where the answer has `next`, go on with it, and add up what is counted of one archive.
         */
        get: operations["get-api-v2-ops-contact-centers-contactCenter-mounted-recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/ops/contact-centers/{contactCenter}/mounted-recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * For operations accounts: take a recording of a mounted archive out again
         * @description The archive stays as it is, and may be mounted again. What is protected or held stays mounted.
         */
        delete: operations["delete-api-v2-ops-contact-centers-contactCenter-mounted-recordings-id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/ops/contact-centers/{contactCenter}/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * For operations accounts: delete a recording with its stored files
         * @description Its id is taken no more. What is protected or held stays, whole.
         */
        delete: operations["delete-api-v2-ops-contact-centers-contactCenter-recordings-id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/ops/hand-overs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For operations accounts: recordings whose metadata no interaction receiver took, or is still to get */
        get: operations["get-api-v2-ops-hand-overs"];
        put?: never;
        /** For operations accounts: try one that was given up again, or discard it */
        post: operations["post-api-v2-ops-hand-overs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/ops/removals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For operations accounts: stored files of removed recordings that are still there, the oldest trouble first */
        get: operations["get-api-v2-ops-removals"];
        put?: never;
        /** For operations accounts: try the stored files of a removed recording again at once */
        post: operations["post-api-v2-ops-removals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recording-label-definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Labels that recordings may bear */
        get: operations["get-api-v2-recording-label-definitions"];
        put?: never;
        /** Define a label */
        post: operations["post-api-v2-recording-label-definitions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recording-label-definitions/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One label */
        get: operations["get-api-v2-recording-label-definitions-name"];
        /** Change how a label is shown */
        put: operations["put-api-v2-recording-label-definitions-name"];
        post?: never;
        /** Remove a label that no recording bears */
        delete: operations["delete-api-v2-recording-label-definitions-name"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recording-labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a label on several recordings
         * @description Each recording has its own statusCode; one that is refused harms none of the others.
         */
        post: operations["post-api-v2-recording-labels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find recordings that the user may see
         * @description At least one criterion; all that are given must hold. Follow nextUri as long as there is one.
         */
        get: operations["get-api-v2-recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metadata of a recording, with the play URLs of its media files */
        get: operations["get-api-v2-recordings-id"];
        put?: never;
        /** Protect a recording from deletion, or end that */
        post: operations["post-api-v2-recordings-id"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recordings/{id}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Labels of a recording */
        get: operations["get-api-v2-recordings-id-labels"];
        put?: never;
        /** Put a label on a recording */
        post: operations["post-api-v2-recordings-id-labels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recordings/{id}/labels/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One label of a recording */
        get: operations["get-api-v2-recordings-id-labels-name"];
        put?: never;
        post?: never;
        /** Take a label off a recording */
        delete: operations["delete-api-v2-recordings-id-labels-name"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recordings/{id}/play-tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A play URL for a player that can send neither credentials nor a cookie */
        post: operations["post-api-v2-recordings-id-play-tickets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/recordings/{id}/play/{leaf}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Play a media file, decrypted */
        get: operations["get-api-v2-recordings-id-play-leaf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /** What playing it would answer */
        head: operations["head-api-v2-recordings-id-play-leaf"];
        patch?: never;
        trace?: never;
    };
    "/api/v2/recordings/{id}/play/{leaf}/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The wave form of a media file, per channel */
        get: operations["get-api-v2-recordings-id-play-leaf-peaks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Own sessions */
        get: operations["get-api-v2-sessions"];
        put?: never;
        /**
         * Log in
         * @description With the credentials of the Authorization header field, or with those in the body.
         */
        post: operations["post-api-v2-sessions"];
        /** End all own sessions but this */
        delete: operations["delete-api-v2-sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of your own sessions */
        delete: operations["delete-api-v2-sessions-id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Log out */
        delete: operations["delete-api-v2-sessions-current"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What may be set, by group */
        get: operations["get-api-v2-settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/settings/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the contact center has set: screen-recording (storage, decrypt-uri-prefix), recording-privacy (metadata.privacy.agent_fields, metadata.privacy.customer_fields), ivr-profiles (a DBID by the name of its profile) */
        get: operations["get-api-v2-settings-group"];
        /** As POST */
        put: operations["put-api-v2-settings-group"];
        /** Set something for a location */
        post: operations["post-api-v2-settings-group"];
        /** Take back what is set for exactly this location */
        delete: operations["delete-api-v2-settings-group"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/settings/cross-origin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Origins whose pages the users of the contact center may use */
        get: operations["get-api-v2-settings-cross-origin"];
        /** Allow origins, beside those of the configuration */
        put: operations["put-api-v2-settings-cross-origin"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/settings/screen-recording-encryption": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Certificates that screen recordings are encrypted for */
        get: operations["get-api-v2-settings-screen-recording-encryption"];
        /** As POST */
        put: operations["put-api-v2-settings-screen-recording-encryption"];
        /** Say what screen recordings are encrypted for */
        post: operations["post-api-v2-settings-screen-recording-encryption"];
        /** Encrypt screen recordings for nothing any more */
        delete: operations["delete-api-v2-settings-screen-recording-encryption"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/users/{userName}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For administrators: sessions of a user */
        get: operations["get-api-v2-users-userName-sessions"];
        put?: never;
        post?: never;
        /** For administrators: end all sessions of a user */
        delete: operations["delete-api-v2-users-userName-sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/users/{userName}/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** For administrators: end a session of a user */
        delete: operations["delete-api-v2-users-userName-sessions-id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The console, for people with a browser */
        get: operations["get-console"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the console is made of */
        get: operations["get-console-file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What there is to log in with, beside a password */
        get: operations["get-console-login"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/login/openid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Leads browsers to the OpenID provider, to log in there
         * @description Is not there without a section `openId.login`.
         */
        get: operations["get-console-login-openid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/login/openid/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the OpenID provider sends browsers back to
         * @description Opens a session where the code, the browser and the identity are good.
         */
        get: operations["get-console-login-openid-callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal-api/contact-centers/{contactCenter}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** For recorders: insert the metadata of a recording */
        post: operations["post-internal-api-contact-centers-contactCenter-recordings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key-management/v1/auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register a Hawk credential
         * @description For administrators, and for the holder of an invitation.
         */
        post: operations["post-key-management-v1-auth"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key-management/v1/decrypt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a block that was encrypted to a key pair */
        post: operations["post-key-management-v1-decrypt"];
        delete?: never;
        /** What the decrypt endpoint takes */
        options: operations["options-key-management-v1-decrypt"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key-management/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it is there */
        get: operations["get-key-management-v1-health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key-management/v1/keypair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All key pairs of the contact center */
        get: operations["get-key-management-v1-keypair"];
        put?: never;
        /** Make a key pair in the token */
        post: operations["post-key-management-v1-keypair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key-management/v1/keypair/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One key pair */
        get: operations["get-key-management-v1-keypair-id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key-management/v1/request-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who called what and when */
        get: operations["get-key-management-v1-request-log"];
        put?: never;
        post?: never;
        /** Clear the request log; the audit stays */
        delete: operations["delete-key-management-v1-request-log"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/access-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Access groups and partitions that are in use */
        get: operations["get-rcs-access-groups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/archive-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest archive jobs */
        get: operations["get-rcs-archive-jobs"];
        put?: never;
        /**
         * Have an archive made into a storage
         * @description Some gateway makes it, part by part: each part is an archive of its own, whole and signed, written under another name and called so when it is whole. docs/archive.md has the details.
         */
        post: operations["post-rcs-archive-jobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/archive-jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One archive job, with its parts */
        get: operations["get-rcs-archive-jobs-id"];
        put?: never;
        post?: never;
        /** Cancel an archive job; parts that are whole stay where they are */
        delete: operations["delete-rcs-archive-jobs-id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/archive-jobs/{id}/parts/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A part of an archive, or a range of it */
        get: operations["get-rcs-archive-jobs-id-parts-number"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/archive-jobs/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause an archive job
         * @description The part that is being written is given up; the parts that are whole stay.
         */
        post: operations["post-rcs-archive-jobs-id-pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/archive-jobs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume an archive job that is paused, failed or waits */
        post: operations["post-rcs-archive-jobs-id-resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/archive-schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When an archive is made by itself */
        get: operations["get-rcs-archive-schedule"];
        /**
         * Have an archive made each day
         * @description At a time of day in UTC a job is begun: one each day, however many gateways there are. Days on which none ran are made up for.
         */
        put: operations["put-rcs-archive-schedule"];
        post?: never;
        /** Have no archive made by itself any more */
        delete: operations["delete-rcs-archive-schedule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/archives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an archive
         * @description Answers a ZIP file while it is made: for each recording that the administrator may play a folder with recording.json and its media, encrypted as they are, one PKCS#7 file each; then manifest.json and its signature. A body that breaks off is no archive. docs/archive.md has the details.
         */
        post: operations["post-rcs-archives"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the audit by pages */
        get: operations["get-rcs-audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit for other systems */
        get: operations["get-rcs-audit-export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/audit/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prove a record to somebody without the audit */
        get: operations["get-rcs-audit-proof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/certificate-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes as they happen
         * @description Server-sent events named certificate, assignment, rewrap and expiry; their data is JSON.
         */
        get: operations["get-rcs-certificate-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List certificates
         * @description Who may decrypt recordings, and administers no certificates, sees what the certificate says, where it is in use, and whether its key is there; fields of administration are absent. They see no deleted ones.
         */
        get: operations["get-rcs-certificates"];
        put?: never;
        /**
         * Upload a certificate and its private key
         * @description With assignTo it is assigned to that IVR profile in the same act, behind those that are assigned already: both happen, or neither.
         */
        post: operations["post-rcs-certificates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/certificates/{alias}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One certificate in full
         * @description Who may decrypt recordings, and administers no certificates, sees what the certificate says, where it is in use, and whether its key is there; fields of administration are absent.
         */
        get: operations["get-rcs-certificates-alias"];
        put?: never;
        post?: never;
        /**
         * Take a certificate out of use
         * @description Refused with the counts while it is assigned or needed; force is the alias typed again.
         */
        delete: operations["delete-rcs-certificates-alias"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/certificates/{alias}/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take the private key of a deleted certificate out of use
         * @description It opens nothing from then on. It can be restored until operators destroy it: rcsctl keys destroy.
         */
        delete: operations["delete-rcs-certificates-alias-key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/certificates/{alias}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a successor in every place of a certificate */
        post: operations["post-rcs-certificates-alias-renew"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/certificates/{alias}/restore-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a private key that was removed into use again */
        post: operations["post-rcs-certificates-alias-restore-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/certificates/{alias}/rewrap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs from a certificate */
        get: operations["get-rcs-certificates-alias-rewrap"];
        put?: never;
        /** Give the recordings of a certificate a recipient for another one */
        post: operations["post-rcs-certificates-alias-rewrap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/certificates/inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read a certificate and a key file; nothing is kept */
        post: operations["post-rcs-certificates-inspect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/contact-centers/{contactCenter}/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For recorders: whom a new recording is to be encrypted for, valid at this moment */
        get: operations["get-rcs-contact-centers-contactCenter-recipients"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/contact-centers/{contactCenter}/recipients/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * For recorders: whom new recordings are to be encrypted for, as it changes
         * @description Server-sent events: recipients (the list), current (it is still that list), unavailable (a problem: nothing may be recorded until the next recipients). Data is JSON; what is told holds for trustMs, and for as long again with each current. A stream ends after a minute: connect again with Last-Event-ID.
         */
        get: operations["get-rcs-contact-centers-contactCenter-recipients-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/custody": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the recordings stand against their keys and storages */
        get: operations["get-rcs-custody"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/custody/media-files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Media files by what their last proof found */
        get: operations["get-rcs-custody-media-files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/custody/proofs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open some media files anew, and keep what is found
         * @description Session keys are unwrapped, the end of each media file is decrypted and its content root compared; nothing of the media is answered.
         */
        post: operations["post-rcs-custody-proofs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase recordings, or all recordings of a person
         * @description Envelopes and stored files go for good, and do not come back with a restored backup. Ask again while the answer says `more`.
         */
        post: operations["post-rcs-erasures"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/ivr-profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** IVR profiles that something is assigned to */
        get: operations["get-rcs-ivr-profiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/ivr-profiles/{name}/annex": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The text form of the annex */
        get: operations["get-rcs-ivr-profiles-name-annex"];
        /** Assign what an exported annex names */
        put: operations["put-rcs-ivr-profiles-name-annex"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/ivr-profiles/{name}/certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Certificates of an IVR profile */
        get: operations["get-rcs-ivr-profiles-name-certificates"];
        /** Assign certificates to an IVR profile */
        put: operations["put-rcs-ivr-profiles-name-certificates"];
        post?: never;
        /** Forget an IVR profile */
        delete: operations["delete-rcs-ivr-profiles-name-certificates"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/kept-archives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Archives that were made here and that keys are kept for, the newest first */
        get: operations["get-rcs-kept-archives"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/kept-archives/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that nobody needs an archive any more
         * @description No key is kept for it from now on. The archive itself stays where it is; one that is being made breaks off. It takes a login of the last minutes, as the removal of a key does.
         */
        post: operations["post-rcs-kept-archives-id-release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keys that wait for their certificate */
        get: operations["get-rcs-keys"];
        put?: never;
        /** Make a key in the token */
        post: operations["post-rcs-keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/keys/{alias}/certificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Attach the certificate that was issued for such a key */
        post: operations["post-rcs-keys-alias-certificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/keys/{alias}/certificate-signing-request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Certificate request (PKCS#10) of such a key */
        post: operations["post-rcs-keys-alias-certificate-signing-request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/keys/import-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public keys of the vaults, to encrypt private keys to */
        get: operations["get-rcs-keys-import-keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/local-key-manager/assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a contact center what belongs to none */
        post: operations["post-rcs-local-key-manager-assignments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/local-key-manager/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hawk credentials */
        get: operations["get-rcs-local-key-manager-credentials"];
        put?: never;
        /** Register a Hawk credential */
        post: operations["post-rcs-local-key-manager-credentials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/local-key-manager/credentials/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a credential */
        delete: operations["delete-rcs-local-key-manager-credentials-id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/local-key-manager/credentials/{id}/rotation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new key for a credential */
        post: operations["post-rcs-local-key-manager-credentials-id-rotation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/local-key-manager/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invite somebody to register one credential */
        post: operations["post-rcs-local-key-manager-invitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/local-key-manager/key-pairs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whose the key pairs are */
        get: operations["get-rcs-local-key-manager-key-pairs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/media-encryptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Put the encrypted file in the place of the plain one
         * @description It is opened first, as for a playback, and compared with the plain one to the last byte. The plain file goes ten seconds later.
         */
        put: operations["put-rcs-media-encryptions"];
        /**
         * Ask where the encrypted file of a plain media file is to be stored
         * @description Earlier plans for the media file end. What is stored there goes, unless a recording comes to name it.
         */
        post: operations["post-rcs-media-encryptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/media-encryptions/places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which recordings name stored files, and which of these are plain */
        post: operations["post-rcs-media-encryptions-places"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/openapi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page that shows this document */
        get: operations["get-rcs-openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["get-rcs-openapi.json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/openapi/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the page is made of */
        get: operations["get-rcs-openapi-file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/recordings/{id}/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Legal holds of a recording and of its media files */
        get: operations["get-rcs-recordings-id-holds"];
        put?: never;
        /**
         * Place a legal hold
         * @description What is held is neither deleted nor does it expire; an erasure waits until nothing is held any more.
         */
        post: operations["post-rcs-recordings-id-holds"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/recordings/{id}/holds/{hold}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Release a legal hold */
        delete: operations["delete-rcs-recordings-id-holds-hold"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/recordings/{id}/listeners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who listened to a recording, and to what of it
         * @description From the audit, for those who may read it: the bytes that each listener got, and the seconds where the duration is known.
         */
        get: operations["get-rcs-recordings-id-listeners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/recordings/index-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many media files have been looked at, and which could not be */
        get: operations["get-rcs-recordings-index-status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/recordings/index-status/{recording}/give-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a recording for lost whose media files cannot be read
         * @description It holds no certificate any more; confirm is its id typed again.
         */
        post: operations["post-rcs-recordings-index-status-recording-give-up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/recordings/index-status/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look at once at what could not be looked at */
        post: operations["post-rcs-recordings-index-status-retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long recordings are kept */
        get: operations["get-rcs-retention"];
        /**
         * Say how long recordings are kept
         * @description A rule of a label beats those of IVR profiles, these beat the one of all recordings. Rules that remove something at once have to be confirmed.
         */
        put: operations["put-rcs-retention"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/retention/expired": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the rules remove now */
        get: operations["get-rcs-retention-expired"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/rewraps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All runs */
        get: operations["get-rcs-rewraps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/rewraps/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a run is */
        get: operations["get-rcs-rewraps-id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/rewraps/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause a run */
        post: operations["post-rcs-rewraps-id-pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/rewraps/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a run */
        post: operations["post-rcs-rewraps-id-resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Roles and privileges that there are */
        get: operations["get-rcs-roles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/screen-recording-certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Certificates of screen recordings */
        get: operations["get-rcs-screen-recording-certificates"];
        /** Assign certificates to screen recordings */
        put: operations["put-rcs-screen-recording-certificates"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/storages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The storages of the own contact center, and whether recordings can be read from them now
         * @description A worker looks, at most every 15 seconds, by asking for a file that is not there: nothing of recordings is read, and no key is used. Credentials are never answered.
         */
        get: operations["get-rcs-storages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * For administrators: whether vaults, tokens and workers are there
         * @description As the gateway that answers sees them. What all contact centers together do is shown to operations accounts.
         */
        get: operations["get-rcs-system"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users */
        get: operations["get-rcs-users"];
        put?: never;
        /** Add a user */
        post: operations["post-rcs-users"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rcs/users/{userName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user */
        get: operations["get-rcs-users-userName"];
        put?: never;
        post?: never;
        /** Remove a user */
        delete: operations["delete-rcs-users-userName"];
        options?: never;
        head?: never;
        /**
         * Change what a user may do
         * @description Lists in the body replace those that are there; what is absent stays.
         */
        patch: operations["patch-rcs-users-userName"];
        trace?: never;
    };
    "/rcs/users/{userName}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a password
         * @description Administrators set the passwords of others; everybody changes their own, with the current one.
         */
        put: operations["put-rcs-users-userName-password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recordings/{id}/play/{leaf}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Play a media file, decrypted */
        get: operations["get-recordings-id-play-leaf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /** What playing it would answer */
        head: operations["head-recordings-id-play-leaf"];
        patch?: never;
        trace?: never;
    };
    "/recordings/{id}/play/{leaf}/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The wave form of a media file, per channel */
        get: operations["get-recordings-id-play-leaf-peaks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AccessGroups: {
            accessGroups: {
                members: string[];
                path: string;
            }[];
            partitions: {
                members: string[];
                path: string;
            }[];
        };
        Annex: {
            annex: string;
        };
        ApiDescription: {
            openapi: string;
        } & {
            [key: string]: unknown;
        };
        ApiStatus: {
            /** @description 1 missing parameter, 2 bad value, 3 no permission, 4 internal, 5 no role, 6 not found */
            statusCode: number;
            statusMessage: string;
        };
        ArchiveJob: {
            /** @description of parts that are whole */
            counts: {
                bytes: number;
                leftOut: number;
                mediaFiles: number;
                parts: number;
                recordings: number;
            };
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            destination: {
                /** @description the folder of the parts, below the storage; or its URL, inside of the storage */
                path: string;
                /**
                 * @description the kind of a storage of the contact center
                 * @default webDAV
                 * @enum {string}
                 */
                storage: "webDAV" | "file";
            };
            /** @description why it failed */
            error?: {
                code: string;
                text: string;
            };
            id: string;
            /** @description the first 100; the manifest of each part names all of it */
            leftOut: {
                code: string;
                mediaFile?: string;
                reason: string;
                recording: string;
            }[];
            limits: {
                bytes: number;
                recordings: number;
            };
            /** @description what the names of its parts begin with */
            name: string;
            reason: string;
            /** @description the day of the schedule */
            scheduledFor?: string;
            /** @description what was asked for, with the times that an age meant */
            selection: {
                [key: string]: unknown;
            };
            /**
             * @description paused and failed: until it is resumed; cancelled and done: for good
             * @enum {string}
             */
            state: "running" | "paused" | "failed" | "cancelled" | "done";
            /** Format: date-time */
            updatedAt: string;
            /** @description why it waits at the moment */
            waiting?: string;
        };
        ArchiveJobs: {
            jobs: components["schemas"]["ArchiveJob"][];
        };
        ArchiveJobWithParts: {
            /** @description of parts that are whole */
            counts: {
                bytes: number;
                leftOut: number;
                mediaFiles: number;
                parts: number;
                recordings: number;
            };
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            destination: {
                /** @description the folder of the parts, below the storage; or its URL, inside of the storage */
                path: string;
                /**
                 * @description the kind of a storage of the contact center
                 * @default webDAV
                 * @enum {string}
                 */
                storage: "webDAV" | "file";
            };
            /** @description why it failed */
            error?: {
                code: string;
                text: string;
            };
            id: string;
            /** @description the first 100; the manifest of each part names all of it */
            leftOut: {
                code: string;
                mediaFile?: string;
                reason: string;
                recording: string;
            }[];
            limits: {
                bytes: number;
                recordings: number;
            };
            /** @description what the names of its parts begin with */
            name: string;
            /** @description `after` of the next page; absent at the end */
            next?: number;
            parts: components["schemas"]["ArchivePart"][];
            reason: string;
            /** @description the day of the schedule */
            scheduledFor?: string;
            /** @description what was asked for, with the times that an age meant */
            selection: {
                [key: string]: unknown;
            };
            /**
             * @description paused and failed: until it is resumed; cancelled and done: for good
             * @enum {string}
             */
            state: "running" | "paused" | "failed" | "cancelled" | "done";
            /** Format: date-time */
            updatedAt: string;
            /** @description why it waits at the moment */
            waiting?: string;
        };
        ArchivePart: {
            /** @description id of the archive that it is */
            archive?: string;
            /** Format: date-time */
            finishedAt: string;
            length: number;
            mediaFiles: number;
            number: number;
            path: string;
            recordings: number;
            sha256: string;
        };
        ArchiveSchedule: {
            age: {
                maximumDays: number;
                minimumDays: number;
            };
            /** @description time of day in UTC, HH:mm */
            at: string;
            destination: {
                /** @description the folder of the parts, below the storage; or its URL, inside of the storage */
                path: string;
                /**
                 * @description the kind of a storage of the contact center
                 * @default webDAV
                 * @enum {string}
                 */
                storage: "webDAV" | "file";
            };
            encryptPlainFor?: string;
            /** @description the last day that had its job, or is to have none */
            lastDay: string;
            /** @description a part ends behind the recording with which it reaches one of them */
            parts: {
                /** @default 2147483648 */
                bytes: number;
                /** @default 5000 */
                recordings: number;
            };
            /** @enum {string} */
            plainMedia?: "refuse" | "encrypt";
            reason: string;
            recipientCertificate?: string;
            /** Format: date-time */
            setAt: string;
            setBy: string;
        };
        AssignedKeyPairs: {
            keyPairs: {
                /** @description contact center; absent for what belongs to none */
                contactCenter?: string;
                dateCreated: number;
                id: string;
            }[];
        };
        Assignment: {
            aliases: string[];
            certificates: components["schemas"]["Certificate"][];
            /** Format: date-time */
            changedAt?: string;
            changedBy?: string;
            /** @description false: nothing is assigned, recordings are made unencrypted */
            encrypted: boolean;
        };
        AuditPage: {
            /** @description where the next page begins */
            nextCursor?: string;
            records: {
                address?: string;
                bytes?: number;
                certificateAlias?: string;
                contactCenter?: string;
                /** @enum {string} */
                contentProof?: "proved" | "not proved";
                /** @description what was sent of the whole, as in Content-Range */
                contentRange?: string;
                detail?: string;
                envelopeDigest?: string;
                /** @description commitments to fields whose value and salt are gone */
                erased?: {
                    address?: string;
                    detail?: string;
                    user?: string;
                };
                event: string;
                /** @description SHA-256 over previousHash and the canonical JSON (RFC 8785) of the rest; docs/audit.md has the details */
                hash: string;
                mediaFile?: string;
                /** @enum {string} */
                outcome: "allowed" | "refused" | "done" | "failed" | "aborted";
                previousHash: string;
                range?: string;
                recording?: string;
                requestId?: string;
                /** @description of the commitments to personal fields, hexadecimal */
                salts?: {
                    address?: string;
                    detail?: string;
                    user?: string;
                };
                sequence: number;
                /** Format: date-time */
                time: string;
                user?: string;
                /** @enum {string} */
                userSource?: "configuration-server" | "openid";
                /**
                 * @description absent in records of before: their hash covers the fields themselves
                 * @constant
                 */
                version?: 2;
                writer: string;
            }[];
        };
        AuditProof: {
            /** @description signed note that names the root */
            checkpoint: string;
            /** @description nodes beside the way from the record to the root, the lowest first, hexadecimal */
            path: string[];
            record: {
                address?: string;
                bytes?: number;
                certificateAlias?: string;
                contactCenter?: string;
                /** @enum {string} */
                contentProof?: "proved" | "not proved";
                /** @description what was sent of the whole, as in Content-Range */
                contentRange?: string;
                detail?: string;
                envelopeDigest?: string;
                /** @description commitments to fields whose value and salt are gone */
                erased?: {
                    address?: string;
                    detail?: string;
                    user?: string;
                };
                event: string;
                /** @description SHA-256 over previousHash and the canonical JSON (RFC 8785) of the rest; docs/audit.md has the details */
                hash: string;
                mediaFile?: string;
                /** @enum {string} */
                outcome: "allowed" | "refused" | "done" | "failed" | "aborted";
                previousHash: string;
                range?: string;
                recording?: string;
                requestId?: string;
                /** @description of the commitments to personal fields, hexadecimal */
                salts?: {
                    address?: string;
                    detail?: string;
                    user?: string;
                };
                sequence: number;
                /** Format: date-time */
                time: string;
                user?: string;
                /** @enum {string} */
                userSource?: "configuration-server" | "openid";
                /**
                 * @description absent in records of before: their hash covers the fields themselves
                 * @constant
                 */
                version?: 2;
                writer: string;
            };
            /** @description leaves of the tree over the chain of the record */
            size: number;
        };
        BorneLabel: {
            name: string;
            /** @constant */
            statusCode: 0;
        };
        Certificate: {
            alias: string;
            /** Format: date-time */
            createdAt?: string;
            createdBy?: string;
            daysLeft: number;
            decryptOnly: boolean;
            /** Format: date-time */
            deletedAt?: string;
            deletedBy?: string;
            /** @description IVR profiles and screen recordings it is assigned to */
            deployedCount: number;
            /** Format: date-time */
            expires: string;
            /** @description SHA-256 */
            fingerprint: string;
            issuedBy: string;
            issuedTo: string;
            issuerDn: string;
            keyDetails: {
                /** @constant */
                algorithm: "RSA";
                /** Format: date-time */
                destroyableAt?: string;
                /** Format: date-time */
                disabledAt?: string;
                format?: string;
                identifier?: string;
                /** @enum {string} */
                presence: "present" | "disabled" | "missing" | "unknown";
                /** @description bits */
                size: number;
            };
            /** Format: date-time */
            keyRemovedAt?: string;
            /** Format: date-time */
            notBefore: string;
            /** @description recordings known to be encrypted for it */
            recordings?: number;
            /** @description decimal */
            serialNumber: string;
            /** @enum {string} */
            status: "valid" | "not-yet-valid" | "expiring" | "expired" | "key-missing" | "key-disabled" | "decrypt-only" | "deleted";
            /** @description for people */
            statusText: string;
            subjectDn: string;
            /** @description as upload forms show it: Genesys Recording <Email not set> */
            subjectName: string;
            successor?: string;
        };
        CertificateDetails: {
            alias: string;
            /** @description archives that were made here and have media files that only its key opens */
            archives?: number;
            /** @description PEM */
            certificate: string;
            chain: {
                /** Format: date-time */
                expires: string;
                issuerDn: string;
                pem: string;
                subjectDn: string;
            }[];
            /** Format: date-time */
            createdAt?: string;
            createdBy?: string;
            daysLeft: number;
            decryptOnly: boolean;
            /** Format: date-time */
            deletedAt?: string;
            deletedBy?: string;
            /** @description IVR profiles and screen recordings it is assigned to */
            deployedCount: number;
            deployedTo?: string[];
            /** Format: date-time */
            expires: string;
            /** @description SHA-256 */
            fingerprint: string;
            issuedBy: string;
            issuedTo: string;
            issuerDn: string;
            keyDetails: {
                /** @constant */
                algorithm: "RSA";
                /** Format: date-time */
                destroyableAt?: string;
                /** Format: date-time */
                disabledAt?: string;
                format?: string;
                identifier?: string;
                /** @enum {string} */
                presence: "present" | "disabled" | "missing" | "unknown";
                /** @description bits */
                size: number;
            };
            /** Format: date-time */
            keyRemovedAt?: string;
            /** Format: date-time */
            notBefore: string;
            problems: {
                code: string;
                message: string;
            }[];
            /** @description recordings known to be encrypted for it */
            recordings?: number;
            /** @description decimal */
            serialNumber: string;
            /** @enum {string} */
            status: "valid" | "not-yet-valid" | "expiring" | "expired" | "key-missing" | "key-disabled" | "decrypt-only" | "deleted";
            /** @description for people */
            statusText: string;
            subjectDn: string;
            /** @description as upload forms show it: Genesys Recording <Email not set> */
            subjectName: string;
            successor?: string;
        };
        CertificatePage: {
            certificates: components["schemas"]["Certificate"][];
            limit: number;
            offset: number;
            total: number;
        };
        ContactCenters: {
            /** @constant */
            statusCode: 0;
            uris: string[];
        };
        CrossOriginSettings: {
            allowedOrigins: string[];
            /** @constant */
            statusCode: 0;
        };
        CustodyMediaFiles: {
            mediaFiles: components["schemas"]["CustodyProof"][];
            nextCursor?: string;
        };
        CustodyPage: {
            /** @description `after` of the next page; absent at the end */
            next?: string;
            proofs: components["schemas"]["CustodyProof"][];
        };
        CustodyProof: {
            /** @description whose key opened it */
            certificateAlias?: string;
            code?: string;
            mediaFile: string;
            nextStep?: string;
            /**
             * @description opens; opens-expired: with expired certificates alone; plain: not encrypted; key-missing; storage-missing; damaged
             * @enum {string}
             */
            outcome: "opens" | "opens-expired" | "plain" | "key-missing" | "storage-missing" | "damaged";
            /** Format: date-time */
            provedAt: string;
            reason?: string;
            recording: string;
        };
        CustodyStatus: {
            /** @description media files of the archives that were made here */
            archives: {
                /** @description for a recipient of the archive, whose key is not expected here */
                forRecipients: number;
                /** @description of the others: opened by no key that is here; absent while no vault answers */
                keyMissing?: number;
                mediaFiles: number;
            };
            mediaFiles: number;
            neverProved: number;
            /** Format: date-time */
            oldestProof?: string;
            /** @description media files by what their last proof found */
            outcomes: {
                [key: string]: number;
            };
        };
        DecryptedBlock: {
            /** @description base64 */
            body: string;
        };
        DecryptEndpoint: {
            decryptResponse: {
                body: string;
            };
            encryptBody: {
                body: null;
                decryptType: null;
                keypairId: null;
            };
        };
        DeletedRecording: {
            /** @constant */
            statusCode: 0;
        };
        Deletion: {
            alias: string;
            archives: number;
            assignments: number;
            /** @constant */
            deleted: true;
            recordings: number;
        };
        Done: {
            /** @constant */
            statusCode: 0;
        };
        EndedSessions: {
            ended: number;
            /** @constant */
            statusCode: 0;
        };
        Erasure: {
            /**
             * @description recordings of before are still put into the index
             * @constant
             */
            incomplete?: true;
            /** @description nothing waits, and every stored file is gone */
            isFinished: boolean;
            /**
             * @description there are further recordings of this person
             * @constant
             */
            more?: true;
            recordings: {
                id: string;
                /**
                 * @description partly, kept: what is held or protected waits; found: dry run
                 * @enum {string}
                 */
                outcome: "removed" | "partly" | "kept" | "unknown" | "found";
            }[];
        };
        ExpiredRecordings: {
            count: number;
            /**
             * @description there are more than count says
             * @constant
             */
            more?: true;
            /** @description the first hundred */
            recordings: string[];
        };
        Features: {
            /** @constant */
            statusCode: 0;
            uris: string[];
        };
        FeaturesAssigned: {
            /** @constant */
            statusCode: 0;
        };
        FinishedEncryption: {
            /** @enum {string} */
            result: "encrypted" | "unchanged";
        };
        HandOverDone: {
            /** @constant */
            statusCode: 0;
        };
        HandOvers: {
            handOvers: {
                attempts: number;
                contactCenter: string;
                /** @description ISO 8601 */
                nextAttempt?: string;
                /** @description why the last attempt failed */
                reason?: string;
                /** @description its URL, as the metadata of the recording names it */
                receiver: string;
                recordingId: string;
                /** @enum {string} */
                state: "given-up" | "waiting";
            }[];
            /** @constant */
            statusCode: 0;
        };
        HawkCredential: {
            /** @description contact center; absent for what belongs to none */
            contactCenter?: string;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** Format: date-time */
            formerKeyUntil?: string;
            id: string;
            /** Format: date-time */
            revokedAt?: string;
            revokedBy?: string;
            /** Format: date-time */
            rotatedAt?: string;
            /** @enum {string} */
            state: "in force" | "revoked";
        };
        HawkCredentials: {
            credentials: components["schemas"]["HawkCredential"][];
        };
        HawkInvitation: {
            contactCenter: string;
            /** Format: date-time */
            expiresAt: string;
            token: string;
        };
        ImportKeys: {
            importKeys: {
                /** @description JWK, RFC 7517 */
                publicKey: {
                    kty: string;
                } & {
                    [key: string]: unknown;
                };
                vault: string;
            }[];
        };
        InsertedRecording: {
            callerPhoneNumber?: string;
            dialedPhoneNumber?: string;
            eventHistory?: {
                [key: string]: unknown;
            }[];
            id: string;
            mediaFiles: ({
                callUUID?: string;
                certAlias?: string[];
                /** @description milliseconds */
                duration?: string;
                ivrprofile?: string;
                mediaId: string;
                mediaPath: string;
                mediaUri: string;
                parameters?: {
                    [key: string]: unknown;
                };
                playPath: string;
                /** @description bytes */
                size?: string;
                /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
                startTime?: string;
                /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
                stopTime?: string;
                tenant?: string;
                type: string;
            } & {
                [key: string]: unknown;
            })[];
            region: string;
            /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
            startTime?: string;
            /** @constant */
            statusCode: 0;
            /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
            stopTime?: string;
            /** @description why a recording that was taken may not play */
            warnings?: string[];
        } & {
            [key: string]: unknown;
        };
        Inspection: {
            certificate?: {
                chain: {
                    /** Format: date-time */
                    expires: string;
                    issuerDn: string;
                    subjectDn: string;
                }[];
                emailAddress: string | null;
                /** Format: date-time */
                expires: string;
                /** @description SHA-256 */
                fingerprint: string;
                issuedBy: string;
                issuedTo: string;
                issuerDn: string;
                keyDetails: {
                    /** @constant */
                    algorithm: "RSA";
                    size: number;
                };
                /** Format: date-time */
                notBefore: string;
                problems: {
                    code: string;
                    message: string;
                }[];
                /** @description decimal */
                serialNumber: string;
                subjectDn: string;
                /** @description as upload forms show it: Genesys Recording <Email not set> */
                subjectName: string;
                suggestedAlias: string;
                warnings: string[];
            };
            key?: {
                encrypted: boolean;
                format: string;
                matchesCertificate?: boolean;
                problem?: {
                    code: string;
                    message: string;
                };
                size?: number;
            };
        };
        IssuedHawkCredential: {
            /** @constant */
            algorithm: "sha256";
            authKey: string;
            id: string;
        };
        IvrProfiles: {
            ivrProfiles: {
                aliases: string[];
                /** Format: date-time */
                changedAt: string;
                name: string;
            }[];
        };
        KeptArchive: {
            /** Format: date-time */
            begunAt: string;
            id: string;
            job?: {
                id: string;
                part: number;
            };
            /**
             * Format: date-time
             * @description when it was made, or a part of it read here, last
             */
            lastSeenAt: string;
            /** @description that need a key */
            mediaFiles: number;
            reason: string;
            /** @description whom its envelopes were re-wrapped for */
            recipient?: {
                fingerprint: string;
                subject: string;
            };
            requestedBy: string;
            /**
             * @description making: it is no archive yet; sealed: somebody may have it; whole: all of it was sent or stored; broken-off: its end was not sent for certain, and somebody may have it
             * @enum {string}
             */
            state: "making" | "sealed" | "whole" | "broken-off";
        };
        KeptArchives: {
            archives: components["schemas"]["KeptArchive"][];
            /** @description absent at the end */
            nextCursor?: string;
        };
        Key: {
            alias: string;
            keyIdentifier: string;
            /** @description bits */
            size: number;
        };
        KeyManagementError: {
            message: string;
            status: number;
        };
        KeyManagerAssignment: {
            credentials: string[];
            keyPairs: string[];
            refused: {
                credentials: string[];
                keyPairs: string[];
            };
        };
        KeyRemoval: {
            alias: string;
            /**
             * Format: date-time
             * @description until then at least it can be restored
             */
            destroyableAt?: string;
            /** Format: date-time */
            disabledAt?: string;
            /** @constant */
            keyState: "disabled";
        };
        KeyRestoration: {
            alias: string;
            /** @constant */
            keyState: "present";
        };
        Keys: {
            keys: components["schemas"]["Key"][];
        };
        LabelDefinition: {
            description: string;
            displayName: string;
            name: string;
            /** @constant */
            statusCode: 0;
        };
        LabelDefinitions: {
            labelDefinitions: {
                description: string;
                displayName: string;
                name: string;
            }[];
            /** @constant */
            statusCode: 0;
        };
        LabelledRecordings: {
            name: string;
            recordings: {
                id: string;
                statusCode: number;
                statusMessage?: string;
            }[];
            /** @constant */
            statusCode: 0;
        };
        LegalHold: {
            id: string;
            /** @description the media file that is held; absent: the whole recording */
            mediaId?: string;
            reason: string;
            /** Format: date-time */
            time: string;
            /**
             * Format: date-time
             * @description when it ends by itself
             */
            until?: string;
            /** @description who placed it */
            user: string;
        };
        LegalHolds: {
            holds: components["schemas"]["LegalHold"][];
        };
        Listeners: {
            listeners: {
                /**
                 * @description the audit has forgotten who: all of them are one entry
                 * @constant
                 */
                erased?: true;
                /** Format: date-time */
                firstTime: string;
                /** Format: date-time */
                lastTime: string;
                mediaFiles: {
                    mediaId: string;
                    /**
                     * @description there are more than 1000 ranges
                     * @constant
                     */
                    more?: true;
                    ranges: {
                        firstByte: number;
                        fromSecond?: number;
                        lastByte: number;
                        toSecond?: number;
                    }[];
                }[];
                /** @description requests that were answered with bytes; a player makes several */
                playbacks: number;
                /** @description of which it is not known how much was sent: running, or their gateway was killed */
                unfinished: number;
                user?: string;
                /** @enum {string} */
                userSource?: "configuration-server" | "openid";
            }[];
            /** @description where the next page begins */
            nextCursor?: string;
        };
        LocalKeyPair: {
            /** @description milliseconds since 1970 */
            dateCreated: number;
            id: string;
            /** @description PKCS#1, base64 */
            publicKey: string;
        };
        LocalKeyPairs: components["schemas"]["LocalKeyPair"][];
        LoggedOut: {
            /** @description Where whoever logged in at the OpenID provider ends their session there, too. */
            providerLogOut?: string;
            /** @constant */
            statusCode: 0;
        };
        LoginMethods: {
            /** @description Absent where there is no log-in at an OpenID provider. */
            openId?: {
                /** @description Of the provider. */
                name?: string;
            };
        };
        Me: {
            /** @constant */
            statusCode: 0;
            user: {
                contactCenter?: string;
                privileges: ("administer-certificates" | "administer-local-key-manager" | "decrypt-recording" | "add-label-definition" | "delete-label-definition" | "add-label" | "delete-label" | "apply-non-delete" | "unapply-non-delete")[];
                roles: ("agent" | "supervisor" | "admin" | "ops" | "recorder")[];
                userName: string;
            };
        };
        MediaIndex: {
            failing: number;
            failures: {
                attempts: number;
                code: string;
                mediaFile: string;
                /** @enum {string} */
                missing: "inspection" | "content-tree" | "given-up";
                /** Format: date-time */
                nextAttempt: string;
                nextStep: string;
                reason: string;
                recording: string;
            }[];
            givenUp: number;
            /** @description it is known whom these are for */
            inspected: number;
            mediaFiles: number;
            /** @description these have a content tree, too */
            proved: number;
            /** @description nobody knows whom these are for: no certificate can be deleted before */
            unknownRecordings: number;
        };
        MountedArchives: {
            mounts: {
                /** @description as unmounting takes it; a folder ends with a slash */
                path: string;
                recordings: number;
                storage: string;
            }[];
            /** @description absent at the end */
            next?: string;
            /** @constant */
            statusCode: 0;
        };
        OpenedSession: {
            session: {
                address: string;
                created: string;
                current: boolean;
                expires: string;
                id: string;
                userAgent?: string;
                userName: string;
            };
            /** @constant */
            statusCode: 0;
        };
        Peaks: {
            /** @description Of each channel: as many as were asked for, or as there are. */
            buckets: number;
            /** @description Seconds. */
            duration: number;
            /** @description Of each channel the highest absolute sample of each bucket, or its lowest and highest by turns. */
            peaks: number[][];
            sampleRate: number;
            /** @constant */
            statusCode: 0;
        };
        PendingRemovals: {
            /** @constant */
            statusCode: 0;
            storedFiles: {
                /** @description how often it could not be removed */
                attempts: number;
                contactCenter: string;
                mediaId: string;
                /** @description code of the last failure */
                reason?: string;
                recordingId: string;
            }[];
        };
        PlannedEncryption: {
            newPath: string;
            /** Format: date-time */
            until: string;
        };
        PlayTicket: {
            expires: string;
            id: string;
            mediaId: string;
            playPath: string;
            playUri: string;
            /** @constant */
            statusCode: 0;
        };
        Problem: {
            /** @description stable, see docs/errors.md */
            code: string;
            detail?: string;
            /** @description which of the cases of a code it is, stable */
            reason?: string;
            requestId?: string;
            retryable: boolean;
            status: number;
            title: string;
            type: string;
        };
        Recipients: {
            certificates: {
                alias: string;
                /** @description PEM */
                certificate: string;
            }[];
            encrypted: boolean;
        };
        Recording: {
            callerPhoneNumber?: string;
            dialedPhoneNumber?: string;
            eventHistory?: {
                [key: string]: unknown;
            }[];
            /**
             * Format: date-time
             * @description when the rules of retention remove it; absent: never
             */
            expiryTime?: string;
            id: string;
            labels: {
                name: string;
                /** Format: date-time */
                time: string;
                /** @description who put it there */
                user: string;
            }[];
            mediaFiles: ({
                callUUID?: string;
                certAlias?: string[];
                /** @description milliseconds */
                duration?: string;
                ivrprofile?: string;
                mediaId: string;
                mediaPath: string;
                mediaUri: string;
                parameters?: {
                    [key: string]: unknown;
                };
                playPath: string;
                /** @description bytes */
                size?: string;
                /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
                startTime?: string;
                /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
                stopTime?: string;
                tenant?: string;
                type: string;
            } & {
                [key: string]: unknown;
            })[];
            /** @description protected from deletion */
            nonDelete: boolean;
            /** @description on legal hold, or a media file of it */
            onHold: boolean;
            region: string;
            /** @description the user who asks got something of it, at some time */
            seen: boolean;
            /**
             * Format: date-time
             * @description the last time, to the minute
             */
            seenTime?: string;
            /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
            startTime?: string;
            /** @constant */
            statusCode: 0;
            /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
            stopTime?: string;
        } & {
            [key: string]: unknown;
        };
        RecordingLabel: {
            name: string;
            /** @constant */
            statusCode: 0;
            /** Format: date-time */
            time: string;
            /** @description who put it there */
            user: string;
        };
        RecordingLabels: {
            labels: {
                name: string;
                /** Format: date-time */
                time: string;
                /** @description who put it there */
                user: string;
            }[];
            /** @constant */
            statusCode: 0;
        };
        RecordingOfPage: {
            callerPhoneNumber?: string;
            dialedPhoneNumber?: string;
            eventHistory?: {
                [key: string]: unknown;
            }[];
            /**
             * Format: date-time
             * @description when the rules of retention remove it; absent: never
             */
            expiryTime?: string;
            id: string;
            labels: {
                name: string;
                /** Format: date-time */
                time: string;
                /** @description who put it there */
                user: string;
            }[];
            mediaFiles: ({
                callUUID?: string;
                certAlias?: string[];
                /** @description milliseconds */
                duration?: string;
                ivrprofile?: string;
                mediaId: string;
                mediaPath: string;
                mediaUri: string;
                parameters?: {
                    [key: string]: unknown;
                };
                playPath: string;
                /** @description bytes */
                size?: string;
                /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
                startTime?: string;
                /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
                stopTime?: string;
                tenant?: string;
                type: string;
            } & {
                [key: string]: unknown;
            })[];
            /** @description protected from deletion */
            nonDelete: boolean;
            /** @description on legal hold, or a media file of it */
            onHold: boolean;
            region: string;
            /** @description the user who asks got something of it, at some time */
            seen: boolean;
            /**
             * Format: date-time
             * @description the last time, to the minute
             */
            seenTime?: string;
            /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
            startTime?: string;
            /** @description as it was inserted: 2026-11-21T08:00:00.000+0000 */
            stopTime?: string;
        } & {
            [key: string]: unknown;
        };
        RecordingPage: {
            /**
             * @description recordings of before this version are still put into the index
             * @constant
             */
            incomplete?: true;
            /** @description the page of earlier recordings; absent at the end */
            nextUri?: string;
            /** @description the page of later recordings */
            previousUri?: string;
            /** @description the latest start first; fewer than asked for do not mean the end */
            recordings: components["schemas"]["RecordingOfPage"][];
            /** @constant */
            statusCode: 0;
        };
        ReleasedArchive: {
            /** Format: date-time */
            begunAt: string;
            id: string;
            job?: {
                id: string;
                part: number;
            };
            /**
             * Format: date-time
             * @description when it was made, or a part of it read here, last
             */
            lastSeenAt: string;
            /** @description that need a key */
            mediaFiles: number;
            reason: string;
            /** @description whom its envelopes were re-wrapped for */
            recipient?: {
                fingerprint: string;
                subject: string;
            };
            /** Format: date-time */
            releasedAt: string;
            requestedBy: string;
            /**
             * @description making: it is no archive yet; sealed: somebody may have it; whole: all of it was sent or stored; broken-off: its end was not sent for certain, and somebody may have it
             * @enum {string}
             */
            state: "making" | "sealed" | "whole" | "broken-off";
        };
        Renewal: {
            alias: string;
            successor: string;
            /** @description places that changed */
            switched: string[];
        };
        RequestLog: {
            id: string;
            requestMethod: string;
            requestUri: string;
            /** @description year, month, day, hour, minute, second, nanosecond */
            timestamp: number[];
            timestampString: string;
            userId: string;
        }[];
        Retention: {
            rules: {
                days: number | null;
                ivrProfile?: string;
                label?: string;
            }[];
        };
        RetriedRemoval: {
            /** @description nothing of it is left */
            isFinished: boolean;
            /** @constant */
            statusCode: 0;
        };
        Rewrap: {
            counts: {
                failed: number;
                notRewrappable: number;
                rewrapped: number;
                total: number;
                unchanged: number;
            };
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            failures: {
                mediaId: string;
                reason: string;
                recordingId: string;
            }[];
            from: string;
            id: string;
            /** @enum {string} */
            mode: "add" | "replace";
            notes: string[];
            percent: number;
            /** @description media files that were looked at */
            processed: number;
            /** @enum {string} */
            state: "running" | "paused" | "done";
            to: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description why it waits at the moment */
            waiting?: string;
        };
        Rewraps: {
            rewraps: components["schemas"]["Rewrap"][];
        };
        Rights: {
            privileges: {
                description: string;
                name: string;
            }[];
            roles: {
                description: string;
                name: string;
            }[];
        };
        ScreenEncryption: {
            /** @constant */
            location: "/";
            /** @constant */
            name: "certificates";
            /** @constant */
            statusCode: 0;
            value: {
                alias: string;
                /** @description PEM */
                certificate: string;
            }[];
        };
        ScreenEncryptionGroup: {
            displayName: string;
            /** @constant */
            key: "name";
            name: string;
            path: string;
            settings: {
                /** @constant */
                location: "/";
                /** @constant */
                name: "certificates";
                value: {
                    alias: string;
                    /** @description PEM */
                    certificate: string;
                }[];
            }[];
            /** @constant */
            statusCode: 0;
            uri: string;
        };
        ScreenEncryptionRemoved: {
            /** @constant */
            statusCode: 0;
        };
        Sessions: {
            sessions: {
                address: string;
                created: string;
                current: boolean;
                expires: string;
                id: string;
                userAgent?: string;
                userName: string;
            }[];
            /** @constant */
            statusCode: 0;
        };
        Setting: {
            location: string;
            name: string;
            /** @constant */
            statusCode: 0;
            /** @description of storages: without passwords */
            value: string | {
                active: boolean;
                credential: {
                    storagePath: string;
                    userName?: string;
                };
                storageType: string;
            }[];
        };
        SettingGroup: {
            displayName: string;
            /** @constant */
            key: "name";
            name: string;
            path: string;
            settings: {
                location: string;
                name: string;
                /** @description of storages: without passwords */
                value: string | {
                    active: boolean;
                    credential: {
                        storagePath: string;
                        userName?: string;
                    };
                    storageType: string;
                }[];
            }[];
            /** @constant */
            statusCode: 0;
            uri: string;
        };
        SettingGroups: {
            settings: {
                displayName: string;
                /** @constant */
                key: "name";
                name: string;
                path: string;
                uri: string;
            }[];
            /** @constant */
            statusCode: 0;
        };
        SettingRemoved: {
            /** @constant */
            statusCode: 0;
        };
        StorageState: {
            /** @description whether new recordings may lie there */
            active: boolean;
            /**
             * Format: date-time
             * @description when a worker looked
             */
            checkedAt: string;
            /** @enum {string} */
            credentials?: "accepted" | "refused" | "unknown";
            /** @description webDAV, file or rws */
            kind: string;
            /** @description base URL */
            location: string;
            /**
             * @description absent where recordings can be read
             * @enum {string}
             */
            problem?: "unreachable" | "untrusted" | "too-slow" | "credentials-refused" | "folder-missing" | "failing" | "credentials-unreadable" | "not-checked";
            reachable?: boolean;
            /** @description the problem in plain words */
            reason?: string;
            /** @description where the contact center set it; absent for one of the configuration */
            setFor?: string;
            /** @enum {string} */
            tls?: "trusted" | "untrusted" | "not-checked" | "none" | "unknown";
        };
        StorageStates: {
            /** @description how many more there are */
            omitted: number;
            storages: components["schemas"]["StorageState"][];
        };
        StoredPlaces: {
            places: {
                /** @description the media files that name it, where it is plain */
                media?: {
                    mediaId: string;
                    path: string;
                    recordingId: string;
                }[];
                path: string;
                /**
                 * @description `unnamed`: of no recording; `going`: about to be removed; `refused`: in no storage of the contact center
                 * @enum {string}
                 */
                state: "plain" | "encrypted" | "unnamed" | "going" | "refused";
            }[];
        };
        Success: {
            /** @constant */
            statusCode: 0;
        };
        System: {
            vaults: {
                /** @description for operations accounts */
                load?: {
                    keys: number;
                    sessions: number;
                    sessionsInUse: number;
                };
                ready: boolean;
                reason?: string;
                tokens: {
                    name: string;
                    reason?: string;
                    /** @description open, lost, hung, pin-refused or closed */
                    state: string;
                }[];
                vault: string;
            }[];
            version: string;
            workers: {
                /** @description for operations accounts */
                inFlight?: number;
                version: string;
                worker: string;
            }[];
        };
        UploadedCertificate: {
            alias: string;
            /** Format: date-time */
            createdAt?: string;
            createdBy?: string;
            daysLeft: number;
            decryptOnly: boolean;
            /** Format: date-time */
            deletedAt?: string;
            deletedBy?: string;
            /** @description IVR profiles and screen recordings it is assigned to */
            deployedCount: number;
            /** Format: date-time */
            expires: string;
            /** @description SHA-256 */
            fingerprint: string;
            issuedBy: string;
            issuedTo: string;
            issuerDn: string;
            /** @description identifier of the key in the tokens */
            key: string;
            keyDetails: {
                /** @constant */
                algorithm: "RSA";
                /** Format: date-time */
                destroyableAt?: string;
                /** Format: date-time */
                disabledAt?: string;
                format?: string;
                identifier?: string;
                /** @enum {string} */
                presence: "present" | "disabled" | "missing" | "unknown";
                /** @description bits */
                size: number;
            };
            /** Format: date-time */
            keyRemovedAt?: string;
            /** Format: date-time */
            notBefore: string;
            /** @enum {string} */
            outcome: "created" | "known" | "restored";
            /** @description recordings known to be encrypted for it */
            recordings?: number;
            /** @description decimal */
            serialNumber: string;
            /** @enum {string} */
            status: "valid" | "not-yet-valid" | "expiring" | "expired" | "key-missing" | "key-disabled" | "decrypt-only" | "deleted";
            /** @description for people */
            statusText: string;
            subjectDn: string;
            /** @description as upload forms show it: Genesys Recording <Email not set> */
            subjectName: string;
            successor?: string;
            warnings: string[];
        };
        User: {
            accessGroups: string[];
            agentHierarchy?: string;
            agentIds?: string[];
            contactCenter?: string;
            enabled: boolean;
            partitions: string[];
            privileges: ("administer-certificates" | "administer-local-key-manager" | "decrypt-recording" | "add-label-definition" | "delete-label-definition" | "add-label" | "delete-label" | "apply-non-delete" | "unapply-non-delete")[];
            roles: ("agent" | "supervisor" | "admin" | "ops" | "recorder")[];
            /**
             * @description which system checks the password and says what the user may do
             * @enum {string}
             */
            source: "local" | "configuration-server" | "openid";
            userName: string;
        };
        Users: {
            users: components["schemas"]["User"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get: {
        parameters: {
            query?: never;
            header?: {
                /** @description Without text/html there is nothing here. */
                Accept?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The console. */
            302: {
                headers: {
                    /** @description Of the console, relative to this. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "post-api-contact-centers-contactCenter-recordings": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contactCenter: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    callerPhoneNumber?: string;
                    dialedPhoneNumber?: string;
                    eventHistory?: {
                        [key: string]: unknown;
                    }[];
                    id: string;
                    mediaFiles: ({
                        callUUID?: string;
                        certAlias?: string[] | string;
                        contentTree?: {
                            /** Format: base64 */
                            leaves?: string;
                            length: number;
                            root: string;
                        };
                        duration?: string | number;
                        ivrprofile?: string;
                        mediaDescriptor: {
                            path: string;
                            storage: string;
                        } & {
                            [key: string]: unknown;
                        };
                        mediaId: string;
                        parameters?: {
                            [key: string]: unknown;
                        };
                        pkcs7?: string;
                        size?: string | number;
                        startTime?: string;
                        stopTime?: string;
                        tenant?: string;
                        type: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    region?: string;
                    startTime?: string;
                    stopTime?: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description It is there already, just as it was sent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsertedRecording"];
                };
            };
            /** @description It is inserted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsertedRecording"];
                };
            };
        };
    };
    "get-api-v2-me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    "get-api-v2-ops-contact-centers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactCenters"];
                };
            };
        };
    };
    "get-api-v2-ops-contact-centers-contactCenter-features": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contactCenter: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Features"];
                };
            };
        };
    };
    "post-api-v2-ops-contact-centers-contactCenter-features": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contactCenter: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    uris: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeaturesAssigned"];
                };
            };
        };
    };
    "get-api-v2-ops-contact-centers-contactCenter-mounted-recordings": {
        parameters: {
            query?: {
                after?: string;
            };
            header?: never;
            path: {
                contactCenter: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MountedArchives"];
                };
            };
        };
    };
    "delete-api-v2-ops-contact-centers-contactCenter-mounted-recordings-id": {
        parameters: {
            query: {
                path: string;
                storage: string;
            };
            header?: never;
            path: {
                contactCenter: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is not mounted any more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedRecording"];
                };
            };
        };
    };
    "delete-api-v2-ops-contact-centers-contactCenter-recordings-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contactCenter: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metadata and stored files are gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedRecording"];
                };
            };
            /** @description The recording is gone; a stored file is still there, and is removed as soon as that can be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedRecording"];
                };
            };
        };
    };
    "get-api-v2-ops-hand-overs": {
        parameters: {
            query?: {
                afterReceiver?: string;
                afterRecording?: string;
                limit?: number;
                state?: "given-up" | "waiting";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandOvers"];
                };
            };
        };
    };
    "post-api-v2-ops-hand-overs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    operationName: "retry" | "discard";
                    receiver: string;
                    recordingId: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandOverDone"];
                };
            };
        };
    };
    "get-api-v2-ops-removals": {
        parameters: {
            query?: {
                contactCenter?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingRemovals"];
                };
            };
        };
    };
    "post-api-v2-ops-removals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    recordingId: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetriedRemoval"];
                };
            };
        };
    };
    "get-api-v2-recording-label-definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelDefinitions"];
                };
            };
        };
    };
    "post-api-v2-recording-label-definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    description?: string;
                    displayName?: string;
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelDefinition"];
                };
            };
        };
    };
    "get-api-v2-recording-label-definitions-name": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelDefinition"];
                };
            };
        };
    };
    "put-api-v2-recording-label-definitions-name": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    description?: string;
                    displayName: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelDefinition"];
                };
            };
        };
    };
    "delete-api-v2-recording-label-definitions-name": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    "post-api-v2-recording-labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    recordings: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelledRecordings"];
                };
            };
        };
    };
    "get-api-v2-recordings": {
        parameters: {
            query?: {
                callerPhoneNumber?: string;
                dialedPhoneNumber?: string;
                endTime?: string;
                limit?: number;
                position?: string;
                startTime?: string;
                userName?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingPage"];
                };
            };
        };
    };
    "get-api-v2-recordings-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
        };
    };
    "post-api-v2-recordings-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    operationName: "applyNonDelete" | "unapplyNonDelete";
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    "get-api-v2-recordings-id-labels": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingLabels"];
                };
            };
        };
    };
    "post-api-v2-recordings-id-labels": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description The recording bears it already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BorneLabel"];
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BorneLabel"];
                };
            };
        };
    };
    "get-api-v2-recordings-id-labels-name": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingLabel"];
                };
            };
        };
    };
    "delete-api-v2-recordings-id-labels-name": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    "post-api-v2-recordings-id-play-tickets": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    bindToAddress?: boolean;
                    mediaId?: string;
                    timeToLive?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlayTicket"];
                };
            };
        };
    };
    "get-api-v2-recordings-id-play-leaf": {
        parameters: {
            query?: {
                download?: string;
            };
            header?: {
                /** @description ETags. */
                "If-Match"?: string;
                /** @description A date. */
                "If-Modified-Since"?: string;
                /** @description ETags. */
                "If-None-Match"?: string;
                /** @description The ETag for which the range is meant. */
                "If-Range"?: string;
                /** @description A date. */
                "If-Unmodified-Since"?: string;
                /** @description A part of the media: bytes=0-1023 (RFC 9110 section 14.2). Several ranges are answered with the whole. */
                Range?: string;
            };
            path: {
                id: string;
                leaf: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole media file. */
            200: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Which part of the media it is, and how long the whole is. */
                    "Content-Range"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description What the client has is still it. */
            304: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "head-api-v2-recordings-id-play-leaf": {
        parameters: {
            query?: {
                download?: string;
            };
            header?: {
                /** @description ETags. */
                "If-Match"?: string;
                /** @description A date. */
                "If-Modified-Since"?: string;
                /** @description ETags. */
                "If-None-Match"?: string;
                /** @description The ETag for which the range is meant. */
                "If-Range"?: string;
                /** @description A date. */
                "If-Unmodified-Since"?: string;
                /** @description A part of the media: bytes=0-1023 (RFC 9110 section 14.2). Several ranges are answered with the whole. */
                Range?: string;
            };
            path: {
                id: string;
                leaf: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The media file can be played. */
            200: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The range can be played. */
            206: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Which part of the media it is, and how long the whole is. */
                    "Content-Range"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What the client has is still it. */
            304: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-api-v2-recordings-id-play-leaf-peaks": {
        parameters: {
            query?: {
                bits?: "8" | "16";
                buckets?: number;
                form?: "max" | "minmax";
            };
            header?: {
                /** @description ETags. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
                leaf: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description Of the wave form as it was asked for. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Peaks"];
                };
            };
            /** @description What the client has is still it. */
            304: {
                headers: {
                    /** @description Of the wave form. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-api-v2-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
        };
    };
    "post-api-v2-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    password: string;
                    userName: string;
                };
            };
        };
        responses: {
            /** @description The session is open. */
            201: {
                headers: {
                    /** @description The session. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedSession"];
                };
            };
        };
    };
    "delete-api-v2-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
        };
    };
    "delete-api-v2-sessions-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    "delete-api-v2-sessions-current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedOut"];
                };
            };
        };
    };
    "get-api-v2-settings": {
        parameters: {
            query?: {
                subresources?: "*";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingGroups"];
                };
            };
        };
    };
    "get-api-v2-settings-group": {
        parameters: {
            query?: {
                effective?: "true" | "false";
                location?: string;
                subresources?: "*";
            };
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingGroup"];
                };
            };
        };
    };
    "put-api-v2-settings-group": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description how many recordings lie in a storage that goes with it, as the refusal says */
                    confirm?: string;
                    location?: string;
                    name: string;
                    value: string | {
                        [key: string]: unknown;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
        };
    };
    "post-api-v2-settings-group": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description how many recordings lie in a storage that goes with it, as the refusal says */
                    confirm?: string;
                    location?: string;
                    name: string;
                    value: string | {
                        [key: string]: unknown;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
        };
    };
    "delete-api-v2-settings-group": {
        parameters: {
            query?: {
                location?: string;
            };
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description how many recordings lie in a storage that goes with it, as the refusal says */
                    confirm?: string;
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingRemoved"];
                };
            };
        };
    };
    "get-api-v2-settings-cross-origin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CrossOriginSettings"];
                };
            };
        };
    };
    "put-api-v2-settings-cross-origin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    allowedOrigins: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CrossOriginSettings"];
                };
            };
        };
    };
    "get-api-v2-settings-screen-recording-encryption": {
        parameters: {
            query?: {
                location?: string;
                subresources?: "*";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScreenEncryptionGroup"];
                };
            };
        };
    };
    "put-api-v2-settings-screen-recording-encryption": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `record unencrypted`, where nothing is left */
                    confirm?: string;
                    location?: string;
                    /** @constant */
                    name: "certificates";
                    value: {
                        alias: string;
                        /** @description PEM; refused where the alias is another one */
                        certificate?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScreenEncryption"];
                };
            };
        };
    };
    "post-api-v2-settings-screen-recording-encryption": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `record unencrypted`, where nothing is left */
                    confirm?: string;
                    location?: string;
                    /** @constant */
                    name: "certificates";
                    value: {
                        alias: string;
                        /** @description PEM; refused where the alias is another one */
                        certificate?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScreenEncryption"];
                };
            };
        };
    };
    "delete-api-v2-settings-screen-recording-encryption": {
        parameters: {
            query?: {
                location?: string;
                subresources?: "*";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `record unencrypted`, where nothing is left */
                    confirm?: string;
                    /** @constant */
                    name: "certificates";
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScreenEncryptionRemoved"];
                };
            };
        };
    };
    "get-api-v2-users-userName-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
        };
    };
    "delete-api-v2-users-userName-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
        };
    };
    "delete-api-v2-users-userName-sessions-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                userName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    "get-console": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    "get-console-file": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A script, a style sheet or a picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                    "text/css": string;
                    "text/javascript": string;
                };
            };
        };
    };
    "get-console-login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginMethods"];
                };
            };
        };
    };
    "get-console-login-openid": {
        parameters: {
            query?: {
                fresh?: "true";
                in?: "window";
                returnTo?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The provider; or the console, which says why not. */
            302: {
                headers: {
                    /** @description Where to go. */
                    Location?: string;
                    /** @description The log-in, sealed. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-console-login-openid-callback": {
        parameters: {
            query?: {
                code?: string;
                error?: string;
                error_description?: string;
                iss?: string;
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The console, which says what went wrong, if anything did. */
            302: {
                headers: {
                    /** @description Of the console, relative to this. */
                    Location?: string;
                    /** @description The session. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "post-internal-api-contact-centers-contactCenter-recordings": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contactCenter: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    callerPhoneNumber?: string;
                    dialedPhoneNumber?: string;
                    eventHistory?: {
                        [key: string]: unknown;
                    }[];
                    id: string;
                    mediaFiles: ({
                        callUUID?: string;
                        certAlias?: string[] | string;
                        contentTree?: {
                            /** Format: base64 */
                            leaves?: string;
                            length: number;
                            root: string;
                        };
                        duration?: string | number;
                        ivrprofile?: string;
                        mediaDescriptor: {
                            path: string;
                            storage: string;
                        } & {
                            [key: string]: unknown;
                        };
                        mediaId: string;
                        parameters?: {
                            [key: string]: unknown;
                        };
                        pkcs7?: string;
                        size?: string | number;
                        startTime?: string;
                        stopTime?: string;
                        tenant?: string;
                        type: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    region?: string;
                    startTime?: string;
                    stopTime?: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description It is there already, just as it was sent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsertedRecording"];
                };
            };
            /** @description It is inserted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsertedRecording"];
                };
            };
        };
    };
    "post-key-management-v1-auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    contactCenter?: string;
                    id: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedHawkCredential"];
                };
            };
        };
    };
    "post-key-management-v1-decrypt": {
        parameters: {
            query?: {
                decryptType?: "pkcs1";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description base64 */
                    body: string;
                    keypairId: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecryptedBlock"];
                };
            };
        };
    };
    "options-key-management-v1-decrypt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecryptEndpoint"];
                };
            };
            /** @description To the preflight of a browser. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-key-management-v1-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    "get-key-management-v1-keypair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocalKeyPairs"];
                };
            };
        };
    };
    "post-key-management-v1-keypair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocalKeyPair"];
                };
            };
        };
    };
    "get-key-management-v1-keypair-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key pair; nothing for an id that is unknown. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocalKeyPair"];
                    "text/plain": string;
                };
            };
        };
    };
    "get-key-management-v1-request-log": {
        parameters: {
            query?: {
                earliestTime?: string;
                latestTime?: string;
                maxEntries?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestLog"];
                };
            };
        };
    };
    "delete-key-management-v1-request-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-rcs-access-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessGroups"];
                };
            };
        };
    };
    "get-rcs-archive-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveJobs"];
                };
            };
        };
    };
    "post-rcs-archive-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    age?: {
                        /** @description began less than this many days ago */
                        maximumDays?: number;
                        /**
                         * @description began this many days ago, or earlier
                         * @default 0
                         */
                        minimumDays?: number;
                    };
                    destination: {
                        /** @description the folder of the parts, below the storage; or its URL, inside of the storage */
                        path: string;
                        /**
                         * @description the kind of a storage of the contact center
                         * @default webDAV
                         * @enum {string}
                         */
                        storage?: "webDAV" | "file";
                    };
                    /** @description alias of the certificate that plain media are encrypted for; without it they are left out */
                    encryptPlainFor?: string;
                    /**
                     * @description a part ends behind the recording with which it reaches one of them
                     * @default {}
                     */
                    parts?: {
                        /** @default 2147483648 */
                        bytes?: number;
                        /** @default 5000 */
                        recordings?: number;
                    };
                    /**
                     * @description with recipientCertificate: plain media are left out (refuse, as when absent), or encrypted for it
                     * @enum {string}
                     */
                    plainMedia?: "refuse" | "encrypt";
                    /** @description why; it stands in the audit and in the manifest */
                    reason: string;
                    /** @description certificate (PEM) that the archive is for: envelopes are re-wrapped for it alone; the configuration of the vaults must name it */
                    recipientCertificate?: string;
                    /** @description by their ids */
                    recordings?: string[];
                    /** @description the criteria of a search for recordings */
                    search?: {
                        /** @description letters and digits count, in their case; * stands for any characters */
                        callerPhoneNumber?: string;
                        /** @description as callerPhoneNumber */
                        dialedPhoneNumber?: string;
                        /** @description started before this time */
                        endTime?: string;
                        /** @description started at this time or later */
                        startTime?: string;
                        /** @description an agent of the recording, by user name or agent id */
                        userName?: string;
                    };
                };
            };
        };
        responses: {
            /** @description It is made. */
            202: {
                headers: {
                    /** @description The job. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveJob"];
                };
            };
        };
    };
    "get-rcs-archive-jobs-id": {
        parameters: {
            query?: {
                after?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveJobWithParts"];
                };
            };
        };
    };
    "delete-rcs-archive-jobs-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveJob"];
                };
            };
        };
    };
    "get-rcs-archive-jobs-id-parts-number": {
        parameters: {
            query?: never;
            header?: {
                /** @description The entity tag of the part. */
                "If-Range"?: string;
                /** @description One range of bytes. */
                Range?: string;
            };
            path: {
                id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The part. */
            200: {
                headers: {
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    /** @description Of the part. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
            /** @description The range. */
            206: {
                headers: {
                    /** @description Which bytes. */
                    "Content-Range"?: string;
                    /** @description Of the part. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
        };
    };
    "post-rcs-archive-jobs-id-pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveJob"];
                };
            };
        };
    };
    "post-rcs-archive-jobs-id-resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveJob"];
                };
            };
        };
    };
    "get-rcs-archive-schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveSchedule"];
                };
            };
        };
    };
    "put-rcs-archive-schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description of recordings, counted back from 00:00 UTC of each day: 0 and 1 is the day before
                     * @default {}
                     */
                    age?: {
                        /** @default 1 */
                        maximumDays?: number;
                        /** @default 0 */
                        minimumDays?: number;
                    };
                    /** @description time of day in UTC, HH:mm */
                    at: string;
                    destination: {
                        /** @description the folder of the parts, below the storage; or its URL, inside of the storage */
                        path: string;
                        /**
                         * @description the kind of a storage of the contact center
                         * @default webDAV
                         * @enum {string}
                         */
                        storage?: "webDAV" | "file";
                    };
                    /** @description alias of the certificate that plain media are encrypted for; without it they are left out */
                    encryptPlainFor?: string;
                    /**
                     * @description a part ends behind the recording with which it reaches one of them
                     * @default {}
                     */
                    parts?: {
                        /** @default 2147483648 */
                        bytes?: number;
                        /** @default 5000 */
                        recordings?: number;
                    };
                    /**
                     * @description with recipientCertificate: plain media are left out (refuse, as when absent), or encrypted for it
                     * @enum {string}
                     */
                    plainMedia?: "refuse" | "encrypt";
                    /** @description why; it stands in the audit and in the manifest */
                    reason: string;
                    /** @description certificate (PEM) that the archive is for: envelopes are re-wrapped for it alone; the configuration of the vaults must name it */
                    recipientCertificate?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveSchedule"];
                };
            };
        };
    };
    "delete-rcs-archive-schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "post-rcs-archives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    age?: {
                        /** @description began less than this many days ago */
                        maximumDays?: number;
                        /**
                         * @description began this many days ago, or earlier
                         * @default 0
                         */
                        minimumDays?: number;
                    };
                    /** @description alias of the certificate that plain media are encrypted for; without it they are left out */
                    encryptPlainFor?: string;
                    /**
                     * @description with recipientCertificate: plain media are left out (refuse, as when absent), or encrypted for it
                     * @enum {string}
                     */
                    plainMedia?: "refuse" | "encrypt";
                    /** @description why; it stands in the audit and in the manifest */
                    reason: string;
                    /** @description certificate (PEM) that the archive is for: envelopes are re-wrapped for it alone; the configuration of the vaults must name it */
                    recipientCertificate?: string;
                    /** @description by their ids */
                    recordings?: string[];
                    /** @description the criteria of a search for recordings */
                    search?: {
                        /** @description letters and digits count, in their case; * stands for any characters */
                        callerPhoneNumber?: string;
                        /** @description as callerPhoneNumber */
                        dialedPhoneNumber?: string;
                        /** @description started before this time */
                        endTime?: string;
                        /** @description started at this time or later */
                        startTime?: string;
                        /** @description an agent of the recording, by user name or agent id */
                        userName?: string;
                    };
                };
            };
        };
        responses: {
            /** @description The archive. */
            200: {
                headers: {
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
        };
    };
    "get-rcs-audit": {
        parameters: {
            query?: {
                cursor?: string;
                from?: string;
                limit?: number;
                order?: "oldest-first" | "newest-first";
                recording?: string;
                to?: string;
                user?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
        };
    };
    "get-rcs-audit-export": {
        parameters: {
            query?: {
                from?: string;
                order?: "oldest-first" | "newest-first";
                recording?: string;
                to?: string;
                user?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One record a line. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
        };
    };
    "get-rcs-audit-proof": {
        parameters: {
            query: {
                sequence: number;
                writer: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditProof"];
                };
            };
        };
    };
    "get-rcs-certificate-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream that stays open. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
        };
    };
    "get-rcs-certificates": {
        parameters: {
            query?: {
                deleted?: "true" | "false";
                limit?: number;
                offset?: number;
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificatePage"];
                };
            };
        };
    };
    "post-rcs-certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alias?: string;
                    assignTo?: string;
                    certificate: string;
                    decryptOnly?: boolean | ("true" | "false");
                    keyFormat?: string;
                    keyJwe?: string | {
                        jwe: string;
                        vault: string;
                    }[];
                    password?: string;
                    privateKey?: string;
                    sameName?: boolean | ("true" | "false");
                };
                "multipart/form-data": {
                    alias?: string;
                    assignTo?: string;
                    certificate: string;
                    decryptOnly?: boolean | ("true" | "false");
                    keyFormat?: string;
                    keyJwe?: string | {
                        jwe: string;
                        vault: string;
                    }[];
                    password?: string;
                    privateKey?: string;
                    sameName?: boolean | ("true" | "false");
                };
            };
        };
        responses: {
            /** @description This very certificate is there already. */
            200: {
                headers: {
                    /** @description Path of the certificate. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedCertificate"];
                };
            };
            /** @description The certificate and its key are taken in. */
            201: {
                headers: {
                    /** @description Path of the certificate. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedCertificate"];
                };
            };
        };
    };
    "get-rcs-certificates-alias": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateDetails"];
                };
            };
        };
    };
    "delete-rcs-certificates-alias": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    force?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
        };
    };
    "delete-rcs-certificates-alias-key": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    approvals?: string[];
                    confirm?: string;
                    unplayable?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRemoval"];
                };
            };
        };
    };
    "post-rcs-certificates-alias-renew": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    successor: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Renewal"];
                };
            };
        };
    };
    "post-rcs-certificates-alias-restore-key": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRestoration"];
                };
            };
        };
    };
    "get-rcs-certificates-alias-rewrap": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewraps"];
                };
            };
        };
    };
    "post-rcs-certificates-alias-rewrap": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @default add
                     * @enum {string}
                     */
                    mode?: "add" | "replace";
                    to: string;
                };
            };
        };
        responses: {
            /** @description The run has begun. */
            202: {
                headers: {
                    /** @description Path of the run. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewrap"];
                };
            };
        };
    };
    "post-rcs-certificates-inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alias?: string;
                    certificate?: string;
                    decryptOnly?: boolean | ("true" | "false");
                    password?: string;
                    privateKey?: string;
                };
                "multipart/form-data": {
                    alias?: string;
                    certificate?: string;
                    decryptOnly?: boolean | ("true" | "false");
                    password?: string;
                    privateKey?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inspection"];
                };
            };
        };
    };
    "get-rcs-contact-centers-contactCenter-recipients": {
        parameters: {
            query?: {
                ivrProfile?: string;
                ivrProfileDbid?: string;
                screenRecording?: "true";
            };
            header?: {
                /** @description The ETag of what the recorder has. */
                "If-None-Match"?: string;
            };
            path: {
                contactCenter: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description Of the list. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipients"];
                };
            };
            /** @description They are still those. */
            304: {
                headers: {
                    /** @description Of the list. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-rcs-contact-centers-contactCenter-recipients-events": {
        parameters: {
            query?: {
                ivrProfile?: string;
                ivrProfileDbid?: string;
                screenRecording?: "true";
            };
            header?: {
                /** @description Of the last event: the list comes only if it is another one. */
                "Last-Event-ID"?: string;
            };
            path: {
                contactCenter: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
        };
    };
    "get-rcs-custody": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustodyStatus"];
                };
            };
        };
    };
    "get-rcs-custody-media-files": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                outcome?: ("opens" | "opens-expired" | "plain" | "key-missing" | "storage-missing" | "damaged") | ("opens" | "opens-expired" | "plain" | "key-missing" | "storage-missing" | "damaged")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustodyMediaFiles"];
                };
            };
        };
    };
    "post-rcs-custody-proofs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default  */
                    after?: string;
                    /** Format: date-time */
                    before?: string;
                    /** @default 50 */
                    limit?: number;
                    sample?: {
                        seed: string;
                        share: number;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustodyPage"];
                };
            };
        };
    };
    "post-rcs-erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description says what would be erased, and erases nothing
                     * @default false
                     */
                    dryRun?: boolean;
                    /** @description why; it stands in the audit */
                    reason: string;
                    recordings?: string[];
                    /** @description whoever called or was called from a number, or an agent */
                    subject?: {
                        phoneNumber: string;
                    } | {
                        userName: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
        };
    };
    "get-rcs-ivr-profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IvrProfiles"];
                };
            };
        };
    };
    "get-rcs-ivr-profiles-name-annex": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annex"];
                };
            };
        };
    };
    "put-rcs-ivr-profiles-name-annex": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    annex: string;
                    confirm?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
        };
    };
    "get-rcs-ivr-profiles-name-certificates": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
        };
    };
    "put-rcs-ivr-profiles-name-certificates": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    aliases: string[];
                    confirm?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
        };
    };
    "delete-rcs-ivr-profiles-name-certificates": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    confirm?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-rcs-kept-archives": {
        parameters: {
            query?: {
                certificate?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptArchives"];
                };
            };
        };
    };
    "post-rcs-kept-archives-id-release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description why nobody needs the archive any more; it stands in the audit */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleasedArchive"];
                };
            };
        };
    };
    "get-rcs-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Keys"];
                };
            };
        };
    };
    "post-rcs-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alias: string;
                    /** @default 3072 */
                    size?: 2048 | 3072 | 4096;
                };
            };
        };
        responses: {
            /** @description The key waits for its certificate. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
        };
    };
    "post-rcs-keys-alias-certificate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    certificate: string;
                    /** @default false */
                    sameName?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Certificate"];
                };
            };
        };
    };
    "post-rcs-keys-alias-certificate-signing-request": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    subject: string;
                };
            };
        };
        responses: {
            /** @description PEM. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pkcs10": string;
                };
            };
        };
    };
    "get-rcs-keys-import-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportKeys"];
                };
            };
        };
    };
    "post-rcs-local-key-manager-assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    contactCenter: string;
                    credentials?: string[];
                    keyPairs?: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyManagerAssignment"];
                };
            };
        };
    };
    "get-rcs-local-key-manager-credentials": {
        parameters: {
            query?: {
                contactCenter?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HawkCredentials"];
                };
            };
        };
    };
    "post-rcs-local-key-manager-credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    contactCenter?: string;
                    id: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedHawkCredential"];
                };
            };
        };
    };
    "delete-rcs-local-key-manager-credentials-id": {
        parameters: {
            query?: {
                contactCenter?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HawkCredential"];
                };
            };
        };
    };
    "post-rcs-local-key-manager-credentials-id-rotation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    contactCenter?: string;
                    /** @default 86400 */
                    overlapSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedHawkCredential"];
                };
            };
        };
    };
    "post-rcs-local-key-manager-invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    contactCenter?: string;
                    /** @default 3600 */
                    validForSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HawkInvitation"];
                };
            };
        };
    };
    "get-rcs-local-key-manager-key-pairs": {
        parameters: {
            query?: {
                contactCenter?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssignedKeyPairs"];
                };
            };
        };
    };
    "put-rcs-media-encryptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    certAlias: string[];
                    mediaId: string;
                    /** @description where the encrypted file lies, as the plan named it */
                    newPath: string;
                    /** @description where the plain file lies, as its mediaDescriptor says it */
                    path: string;
                    /** @description envelope of the encrypted file, base64 */
                    pkcs7: string;
                    recordingId: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FinishedEncryption"];
                };
            };
        };
    };
    "post-rcs-media-encryptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    mediaId: string;
                    /** @description where the plain file lies, as its mediaDescriptor says it */
                    path: string;
                    recordingId: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlannedEncryption"];
                };
            };
        };
    };
    "post-rcs-media-encryptions-places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    paths: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredPlaces"];
                };
            };
        };
    };
    "get-rcs-openapi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    "get-rcs-openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiDescription"];
                };
            };
        };
    };
    "get-rcs-openapi-file": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A script or a style sheet. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                    "text/javascript": string;
                };
            };
        };
    };
    "get-rcs-recordings-id-holds": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LegalHolds"];
                };
            };
        };
    };
    "post-rcs-recordings-id-holds": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description one media file; the whole recording where it is absent */
                    mediaId?: string;
                    /** @description why; it stands in the audit */
                    reason: string;
                    /**
                     * Format: date-time
                     * @description when it ends by itself; absent: when somebody releases it
                     */
                    until?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LegalHold"];
                };
            };
        };
    };
    "delete-rcs-recordings-id-holds-hold": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                hold: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-rcs-recordings-id-listeners": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listeners"];
                };
            };
        };
    };
    "get-rcs-recordings-index-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaIndex"];
                };
            };
        };
    };
    "post-rcs-recordings-index-status-recording-give-up": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    confirm?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaIndex"];
                };
            };
        };
    };
    "post-rcs-recordings-index-status-retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaIndex"];
                };
            };
        };
    };
    "get-rcs-retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
        };
    };
    "put-rcs-retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description how many recordings these rules remove at once, as the refusal said */
                    confirm?: string;
                    rules: {
                        /** @description after the start of the recording; null: for ever */
                        days: number | null;
                        /** @description recordings of this IVR profile */
                        ivrProfile?: string;
                        /** @description recordings that bear this label */
                        label?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
        };
    };
    "get-rcs-retention-expired": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExpiredRecordings"];
                };
            };
        };
    };
    "get-rcs-rewraps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewraps"];
                };
            };
        };
    };
    "get-rcs-rewraps-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewrap"];
                };
            };
        };
    };
    "post-rcs-rewraps-id-pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewrap"];
                };
            };
        };
    };
    "post-rcs-rewraps-id-resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewrap"];
                };
            };
        };
    };
    "get-rcs-roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rights"];
                };
            };
        };
    };
    "get-rcs-screen-recording-certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
        };
    };
    "put-rcs-screen-recording-certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    aliases: string[];
                    confirm?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
        };
    };
    "get-rcs-storages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageStates"];
                };
            };
        };
    };
    "get-rcs-system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["System"];
                };
            };
        };
    };
    "get-rcs-users": {
        parameters: {
            query?: {
                accessGroup?: string;
                contactCenter?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Users"];
                };
            };
        };
    };
    "post-rcs-users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    accessGroups?: string[];
                    agentHierarchy?: string;
                    agentIds?: string[];
                    contactCenter?: string;
                    /** @default true */
                    enabled?: boolean;
                    partitions?: string[];
                    password: string;
                    privileges?: ("administer-certificates" | "administer-local-key-manager" | "decrypt-recording" | "add-label-definition" | "delete-label-definition" | "add-label" | "delete-label" | "apply-non-delete" | "unapply-non-delete")[];
                    roles?: ("agent" | "supervisor" | "admin" | "ops")[];
                    userName: string;
                };
            };
        };
        responses: {
            /** @description The user is added. */
            201: {
                headers: {
                    /** @description Path of the user. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    "get-rcs-users-userName": {
        parameters: {
            query?: {
                contactCenter?: string;
                source?: "local" | "configuration-server" | "openid";
            };
            header?: never;
            path: {
                userName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    "delete-rcs-users-userName": {
        parameters: {
            query?: {
                contactCenter?: string;
                source?: "local" | "configuration-server" | "openid";
            };
            header?: never;
            path: {
                userName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "patch-rcs-users-userName": {
        parameters: {
            query?: {
                contactCenter?: string;
                source?: "local" | "configuration-server" | "openid";
            };
            header?: never;
            path: {
                userName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    accessGroups?: string[];
                    agentHierarchy?: string | null;
                    agentIds?: string[];
                    enabled?: boolean;
                    partitions?: string[];
                    privileges?: ("administer-certificates" | "administer-local-key-manager" | "decrypt-recording" | "add-label-definition" | "delete-label-definition" | "add-label" | "delete-label" | "apply-non-delete" | "unapply-non-delete")[];
                    roles?: ("agent" | "supervisor" | "admin" | "ops")[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    "put-rcs-users-userName-password": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currentPassword?: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-recordings-id-play-leaf": {
        parameters: {
            query?: {
                download?: string;
            };
            header?: {
                /** @description ETags. */
                "If-Match"?: string;
                /** @description A date. */
                "If-Modified-Since"?: string;
                /** @description ETags. */
                "If-None-Match"?: string;
                /** @description The ETag for which the range is meant. */
                "If-Range"?: string;
                /** @description A date. */
                "If-Unmodified-Since"?: string;
                /** @description A part of the media: bytes=0-1023 (RFC 9110 section 14.2). Several ranges are answered with the whole. */
                Range?: string;
            };
            path: {
                id: string;
                leaf: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole media file. */
            200: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Which part of the media it is, and how long the whole is. */
                    "Content-Range"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description What the client has is still it. */
            304: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "head-recordings-id-play-leaf": {
        parameters: {
            query?: {
                download?: string;
            };
            header?: {
                /** @description ETags. */
                "If-Match"?: string;
                /** @description A date. */
                "If-Modified-Since"?: string;
                /** @description ETags. */
                "If-None-Match"?: string;
                /** @description The ETag for which the range is meant. */
                "If-Range"?: string;
                /** @description A date. */
                "If-Unmodified-Since"?: string;
                /** @description A part of the media: bytes=0-1023 (RFC 9110 section 14.2). Several ranges are answered with the whole. */
                Range?: string;
            };
            path: {
                id: string;
                leaf: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The media file can be played. */
            200: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The range can be played. */
            206: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Which part of the media it is, and how long the whole is. */
                    "Content-Range"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What the client has is still it. */
            304: {
                headers: {
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description A file name to store it under. */
                    "Content-Disposition"?: string;
                    /** @description Of what is sent. */
                    "Content-Length"?: string;
                    /** @description Of the decrypted media. */
                    ETag?: string;
                    /** @description Whether the stored bytes are checked against a content tree: proved, or not proved. */
                    "Rcs-Content-Proof"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-recordings-id-play-leaf-peaks": {
        parameters: {
            query?: {
                bits?: "8" | "16";
                buckets?: number;
                form?: "max" | "minmax";
            };
            header?: {
                /** @description ETags. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
                leaf: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description Of the wave form as it was asked for. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Peaks"];
                };
            };
            /** @description What the client has is still it. */
            304: {
                headers: {
                    /** @description Of the wave form. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
