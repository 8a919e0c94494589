import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.util.*;
import javax.crypto.spec.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.cms.*;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.*;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.*;
import org.bouncycastle.openssl.jcajce.*;
import org.bouncycastle.operator.*;
import org.bouncycastle.operator.jcajce.*;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** Does what each line of the standard input says: a command and its parameters, separated by tabs. */
public class BouncyCastle {
  static final Map<String, ASN1ObjectIdentifier> CIPHERS = Map.of(
      "aes-128-cbc", CMSAlgorithm.AES128_CBC, "aes-192-cbc", CMSAlgorithm.AES192_CBC,
      "aes-256-cbc", CMSAlgorithm.AES256_CBC, "des-ede3-cbc", CMSAlgorithm.DES_EDE3_CBC,
      "rc2-cbc", CMSAlgorithm.RC2_CBC, "camellia-256-cbc", CMSAlgorithm.CAMELLIA256_CBC,
      "aes-128-gcm", CMSAlgorithm.AES128_GCM, "aes-256-gcm", CMSAlgorithm.AES256_GCM);

  public static void main(String[] args) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null;) {
      String[] words = line.split("\t", -1);
      try {
        run(words);
      } catch (Exception error) {
        throw new Exception(line, error);
      }
    }
  }

  static void run(String[] words) throws Exception {
    switch (words[0]) {
      case "encrypt": encrypt(words[1], words[2], words[3], words[4], Set.of(words[5].split(","))); break;
      case "decrypt": write(words[3], decrypt(read(words[2]), key(words[1]))); break;
      case "decrypt-detached": write(words[4], decrypt(joined(read(words[2]), read(words[3])), key(words[1]))); break;
      case "decrypt-pem": write(words[3], decrypt(block(words[2]), key(words[1]))); break;
      case "issue": issue(words[1], words[2], words[3], words[4]); break;
      case "keystore": keystore(words[1], words[2], words[3], words[4], words[5], words[6]); break;
      case "key": encryptedKey(words[1], words[2], words[3], words[4]); break;
      default: throw new IllegalArgumentException(words[0]);
    }
  }

  static void encrypt(String certificate, String in, String out, String cipher, Set<String> shape) throws Exception {
    X509Certificate recipient = certificate(certificate);
    byte[] plaintext = read(in);
    boolean isGcm = cipher.endsWith("gcm") && !shape.contains("gcm-in-enveloped");
    OutputEncryptor encryptor = new JceCMSContentEncryptorBuilder(CIPHERS.get(cipher)).setProvider("BC").build();
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    if (isGcm) {
      CMSAuthEnvelopedDataStreamGenerator generator = new CMSAuthEnvelopedDataStreamGenerator();
      addRecipients(generator, recipient, shape);
      try (OutputStream content = generator.open(stored, (OutputAEADEncryptor) encryptor)) {
        content.write(plaintext);
      }
    } else if (shape.contains("stream")) {
      CMSEnvelopedDataStreamGenerator generator = new CMSEnvelopedDataStreamGenerator();
      addRecipients(generator, recipient, shape);
      try (OutputStream content = generator.open(stored, encryptor)) {
        content.write(plaintext);
      }
    } else {
      CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
      addRecipients(generator, recipient, shape);
      if (shape.contains("attributes")) {
        var time = new org.bouncycastle.asn1.cms.Attribute(CMSAttributes.signingTime, new DERSet(new org.bouncycastle.asn1.cms.Time(new Date())));
        generator.setUnprotectedAttributeGenerator(new SimpleAttributeTableGenerator(new AttributeTable(time)));
      }
      CMSEnvelopedData enveloped = generator.generate(new CMSProcessableByteArray(plaintext), encryptor);
      stored.write(shape.contains("der") ? enveloped.toASN1Structure().getEncoded("DER") : enveloped.getEncoded());
    }
    byte[] file = stored.toByteArray();
    if (shape.contains("signed")) file = signed(file, recipient, shape.contains("signed-stream"));
    if (shape.contains("compressed"))
      file = new CMSCompressedDataGenerator().generate(new CMSProcessableByteArray(file), new ZlibCompressor()).getEncoded();
    if (shape.contains("pem")) file = pem(file);
    write(out, file);
  }

  static void addRecipients(CMSEnvelopedGenerator generator, X509Certificate recipient, Set<String> shape) throws Exception {
    if (shape.contains("kek"))
      generator.addRecipientInfoGenerator(new JceKEKRecipientInfoGenerator(new byte[] {1, 2, 3}, new SecretKeySpec(new byte[16], "AES")).setProvider("BC"));
    if (shape.contains("password"))
      generator.addRecipientInfoGenerator(new JcePasswordRecipientInfoGenerator(CMSAlgorithm.AES256_CBC, "secret".toCharArray()).setProvider("BC"));
    for (String hash : List.of("SHA-1", "SHA-256", "SHA-512", "SHA3-256"))
      if (shape.contains("oaep-" + hash)) {
        OAEPParameterSpec oaep = new OAEPParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT);
        AlgorithmIdentifier algorithm = new JcaAlgorithmParametersConverter().getAlgorithmIdentifier(PKCSObjectIdentifiers.id_RSAES_OAEP, oaep);
        generator.addRecipientInfoGenerator(new JceKeyTransRecipientInfoGenerator(recipient, algorithm).setProvider("BC"));
        return;
      }
    generator.addRecipientInfoGenerator(shape.contains("identifier")
        ? new JceKeyTransRecipientInfoGenerator(new JcaX509ExtensionUtils().createSubjectKeyIdentifier(recipient.getPublicKey()).getKeyIdentifier(), recipient.getPublicKey()).setProvider("BC")
        : new JceKeyTransRecipientInfoGenerator(recipient).setProvider("BC"));
  }

  /** By a key of its own: whose signature it is matters to nobody here. */
  static byte[] signed(byte[] content, X509Certificate certificate, boolean stream) throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
    pairs.initialize(2048);
    ContentSigner signer = new JcaContentSignerBuilder("SHA256withRSA").build(pairs.generateKeyPair().getPrivate());
    SignerInfoGenerator info = new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider("BC").build()).build(signer, certificate);
    if (stream) {
      CMSSignedDataStreamGenerator generator = new CMSSignedDataStreamGenerator();
      generator.addSignerInfoGenerator(info);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream inside = generator.open(out, true)) {
        inside.write(content);
      }
      return out.toByteArray();
    }
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(info);
    generator.addCertificate(new JcaX509CertificateHolder(certificate));
    return generator.generate(new CMSProcessableByteArray(content), true).getEncoded();
  }

  static byte[] decrypt(byte[] file, PrivateKey key) throws Exception {
    ContentInfo info = ContentInfo.getInstance(ASN1Primitive.fromByteArray(file));
    RecipientInformationStore recipients = CMSObjectIdentifiers.authEnvelopedData.equals(info.getContentType())
        ? new CMSAuthEnvelopedData(info).getRecipientInfos()
        : new CMSEnvelopedData(info).getRecipientInfos();
    Exception last = new Exception("there is no recipient");
    for (RecipientInformation recipient : recipients.getRecipients())
      try {
        return recipient.getContent(new JceKeyTransEnvelopedRecipient(key).setProvider("BC"));
      } catch (Exception error) {
        last = error;
      }
    throw last;
  }

  static byte[] joined(byte[] envelope, byte[] ciphertext) throws Exception {
    EnvelopedData data = EnvelopedData.getInstance(ContentInfo.getInstance(ASN1Primitive.fromByteArray(envelope)).getContent());
    EncryptedContentInfo content = data.getEncryptedContentInfo();
    EncryptedContentInfo whole = new EncryptedContentInfo(content.getContentType(), content.getContentEncryptionAlgorithm(), new DEROctetString(ciphertext));
    EnvelopedData all = new EnvelopedData(data.getOriginatorInfo(), data.getRecipientInfos(), whole, data.getUnprotectedAttrs());
    return new ContentInfo(CMSObjectIdentifiers.envelopedData, all).getEncoded();
  }

  /** The certificate that an authority issues for a request, whose signature has to be right. */
  static void issue(String request, String authorityCertificate, String authorityKey, String out) throws Exception {
    JcaPKCS10CertificationRequest csr = new JcaPKCS10CertificationRequest(block(request));
    if (!csr.isSignatureValid(new JcaContentVerifierProviderBuilder().build(csr.getSubjectPublicKeyInfo())))
      throw new Exception("the signature of the request is wrong");
    X509Certificate issuer = certificate(authorityCertificate);
    Date from = new Date(System.currentTimeMillis() - 3600_000), to = new Date(System.currentTimeMillis() + 86_400_000L);
    JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(new JcaX509CertificateHolder(issuer).getSubject(), java.math.BigInteger.valueOf(4711), from, to, csr.getSubject(), csr.getPublicKey());
    Extensions extensions = csr.getRequestedExtensions();
    for (ASN1ObjectIdentifier each : extensions.getExtensionOIDs()) builder.addExtension(extensions.getExtension(each));
    X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(key(authorityKey))));
    try (JcaPEMWriter writer = new JcaPEMWriter(new FileWriter(out))) {
      writer.writeObject(certificate);
    }
  }

  static void keystore(String type, String alias, String password, String key, String certificate, String out) throws Exception {
    KeyStore store = KeyStore.getInstance(type, "BC");
    store.load(null, null);
    store.setKeyEntry(alias, key(key), password.toCharArray(), new Certificate[] {certificate(certificate)});
    try (OutputStream file = new FileOutputStream(out)) {
      store.store(file, password.toCharArray());
    }
  }

  static void encryptedKey(String scheme, String password, String key, String out) throws Exception {
    try (JcaPEMWriter writer = new JcaPEMWriter(new FileWriter(out))) {
      if (Character.isDigit(scheme.charAt(0))) {
        OutputEncryptor encryptor = new JceOpenSSLPKCS8EncryptorBuilder(new ASN1ObjectIdentifier(scheme)).setProvider("BC").setPassword(password.toCharArray()).build();
        writer.writeObject(new JcaPKCS8Generator(key(key), encryptor));
      } else {
        writer.writeObject(key(key), new JcePEMEncryptorBuilder(scheme).setProvider("BC").build(password.toCharArray()));
      }
    }
  }

  static byte[] pem(byte[] cms) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(ContentInfo.getInstance(ASN1Primitive.fromByteArray(cms)));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static X509Certificate certificate(String file) throws Exception {
    return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(new ByteArrayInputStream(block(file)));
  }

  static PrivateKey key(String file) throws Exception {
    return KeyFactory.getInstance("RSA").generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(block(file)));
  }

  /** The first block of a file in PEM. */
  static byte[] block(String file) throws Exception {
    try (org.bouncycastle.util.io.pem.PemReader reader = new org.bouncycastle.util.io.pem.PemReader(new FileReader(file))) {
      return reader.readPemObject().getContent();
    }
  }

  static byte[] read(String file) throws IOException {
    return Files.readAllBytes(Path.of(file));
  }

  static void write(String file, byte[] bytes) throws IOException {
    Files.write(Path.of(file), bytes);
  }
}
