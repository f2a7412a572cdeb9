import java.io.File;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.wss4j.common.crypto.Merlin;
import org.apache.wss4j.common.saml.SAMLCallback;
import org.apache.wss4j.common.saml.SamlAssertionWrapper;
import org.apache.wss4j.common.saml.bean.*;
import org.apache.wss4j.dom.engine.WSSConfig;
import org.apache.wss4j.dom.message.*;
import org.joda.time.DateTime;
import org.w3c.dom.Document;

/** Has OpenSAML sign an assertion and WSS4J put it into a message, as CXF does: keystore, plain message, signed message. */
public class Saml {
    public static void main(String[] args) throws Exception {
        WSSConfig.init();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(new FileInputStream(args[0]), "gateway".toCharArray());
        Merlin crypto = new Merlin();
        crypto.setKeyStore(keys);

        String endpoint = "https://nodo.test/soap/lazio";
        DateTime now = new DateTime();
        SAMLCallback says = new SAMLCallback();
        says.setSamlVersion(Version.SAML_20);
        says.setIssuer("https://idp.regione.test");
        SubjectConfirmationDataBean data = new SubjectConfirmationDataBean();
        data.setRecipient(endpoint);
        data.setNotAfter(now.plusMinutes(5));
        SubjectBean subject = new SubjectBean("_t1", "", "urn:oasis:names:tc:SAML:2.0:cm:bearer");
        subject.setSubjectConfirmationData(data);
        says.setSubject(subject);
        AudienceRestrictionBean audience = new AudienceRestrictionBean();
        audience.setAudienceURIs(List.of(endpoint));
        ConditionsBean conditions = new ConditionsBean(now, now.plusMinutes(5));
        conditions.setAudienceRestrictions(List.of(audience));
        says.setConditions(conditions);
        AuthenticationStatementBean authentication = new AuthenticationStatementBean();
        authentication.setAuthenticationMethod("https://www.spid.gov.it/SpidL2");
        authentication.setAuthenticationInstant(now);
        says.setAuthenticationStatementData(List.of(authentication));
        AttributeStatementBean attributes = new AttributeStatementBean();
        attributes.setSamlAttributes(List.of(new AttributeBean("fiscalNumber", "fiscalNumber", new ArrayList<>(List.of("TINIT-RSSMRA85C15L219J")))));
        says.setAttributeStatementData(List.of(attributes));

        SamlAssertionWrapper assertion = new SamlAssertionWrapper(says);
        assertion.signAssertion("gateway", "gateway", crypto, false, "http://www.w3.org/2001/10/xml-exc-c14n#",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256");

        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document message = factory.newDocumentBuilder().parse(new File(args[1]));
        WSSecHeader header = new WSSecHeader(message);
        header.insertSecurityHeader();
        new WSSecTimestamp(header).build();
        new WSSecSAMLToken(header).build(assertion);
        TransformerFactory.newInstance().newTransformer().transform(new DOMSource(message), new StreamResult(new File(args[2])));
    }
}
