// Signs documents with javax.xml.crypto. Reads one a line, fields parted by
// blanks: RSA or EC, base64 of the PKCS #8 key, base64 of the certificates
// parted by commas, prefix of the Signature (a hyphen if none), PrefixList with
// commas (a hyphen if none), base64 of the document. Writes base64 of the
// signed document, one a line.
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.*;
import javax.xml.crypto.dsig.spec.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;

public class Sign {
    public static void main(String[] args) throws Exception {
        Base64.Decoder b64 = Base64.getDecoder();
        DocumentBuilderFactory documents = DocumentBuilderFactory.newInstance();
        documents.setNamespaceAware(true);
        XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line; (line = in.readLine()) != null; ) {
            String[] f = line.split(" ");
            PrivateKey key = KeyFactory.getInstance(f[0]).generatePrivate(new PKCS8EncodedKeySpec(b64.decode(f[1])));
            List<X509Certificate> chain = new ArrayList<>();
            for (String der : f[2].split(",")) {
                chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(b64.decode(der))));
            }
            ExcC14NParameterSpec prefixes = f[4].equals("-") ? null : new ExcC14NParameterSpec(Arrays.asList(f[4].split(",")));
            Document doc = documents.newDocumentBuilder().parse(new ByteArrayInputStream(b64.decode(f[5])));

            Reference reference = signatures.newReference("", signatures.newDigestMethod(DigestMethod.SHA256, null),
                List.of(signatures.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null),
                    signatures.newTransform(CanonicalizationMethod.EXCLUSIVE, prefixes)), null, null);
            SignedInfo info = signatures.newSignedInfo(
                signatures.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, prefixes),
                signatures.newSignatureMethod(f[0].equals("RSA")
                    ? "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
                    : "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", null),
                List.of(reference));
            KeyInfoFactory infos = signatures.getKeyInfoFactory();
            KeyInfo keyInfo = infos.newKeyInfo(List.of(infos.newX509Data(chain)));
            DOMSignContext context = new DOMSignContext(key, doc.getDocumentElement());
            if (!f[3].equals("-")) {
                context.setDefaultNamespacePrefix(f[3]);
            }
            signatures.newXMLSignature(info, keyInfo).sign(context);

            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TransformerFactory.newInstance().newTransformer().transform(new DOMSource(doc), new StreamResult(out));
            System.out.println(Base64.getEncoder().encodeToString(out.toByteArray()));
        }
    }
}
